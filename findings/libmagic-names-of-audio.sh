#!/bin/sh
# What libmagic and npm's file-type call the audio files that WhatsApp takes.
#
# Guess:     the registered names: audio/aac, audio/mp4, audio/ogg, which are also those that the
#            Cloud API lists; whoever looks at the bytes is safer than who believes a name.
# Source:    IANA's media types (audio/aac, RFC 4337's audio/mp4); developers.facebook.com, Cloud
#            API, "Supported media types": audio/aac, audio/amr, audio/mpeg, audio/mp4, audio/ogg.
# Versions:  Debian 12: file 1:5.44-3; npm file-type 21.0.0, @ffmpeg-installer/linux-x64 4.1.0,
#            which makes the files; Node.js 20.
# Behaviour: of five files that may be sent two have, by libmagic, a type that is not in the list:
#            AAC is audio/x-hx-aac-adts, an .m4a as iPhones record it audio/x-m4a.  file-type has
#            AAC right, .m4a as libmagic, and adds a parameter to Opus.  The same sound in a container
#            that says .mp4 is a video for both.
# Seen:      see below
# Matters:   with "Content-Type by libmagic" a voice memo is refused, or goes as a document that
#            cannot be played.  waspool takes these names at POST /media and sends the provider's.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    @ffmpeg-installer/linux-x64@4.1.0 file-type@21.0.0 >/dev/null
apt-get download file=1:5.44-3 libmagic1=1:5.44-3 libmagic-mgc=1:5.44-3 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
lib=$(dirname "$(find "$PWD/root" -name 'libmagic.so.1')")
ffmpeg=node_modules/@ffmpeg-installer/linux-x64/ffmpeg
chmod 755 "$ffmpeg"
make() {
	name=$1
	shift
	"$ffmpeg" -v error -y -f lavfi -i sine=d=1 "$@" "$name"
}
make a.aac -c:a aac
make a.m4a -c:a aac
make a.mp4 -c:a aac
make a.mp3 -c:a libmp3lame
make a.ogg -c:a libopus
cat >try.mjs <<'JS'
import { fileTypeFromFile } from "file-type";
console.log((await fileTypeFromFile(process.argv[2])).mime);
JS
for f in a.*; do
	magic=$(LD_LIBRARY_PATH=$lib root/usr/bin/file -m root/usr/lib/file/magic.mgc -b --mime-type "$f")
	echo "$f: libmagic $magic, file-type $(node try.mjs "$f")"
done >seen
cat >expected <<'SEEN'
a.aac: libmagic audio/x-hx-aac-adts, file-type audio/aac
a.m4a: libmagic audio/x-m4a, file-type audio/x-m4a
a.mp3: libmagic audio/mpeg, file-type audio/mpeg
a.mp4: libmagic video/mp4, file-type video/mp4
a.ogg: libmagic audio/ogg, file-type audio/ogg; codecs=opus
SEEN
diff expected seen && echo "as found"
