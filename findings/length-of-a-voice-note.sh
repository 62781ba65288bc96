#!/bin/sh
# How long a voice note is, in the forms that WhatsApp takes, to programs that read metadata.
#
# Guess:     each says the length to a tenth of a second, of all these forms; mono is one channel.
# Source:    RFC 7845 4 (the length of Opus in Ogg stands in its last page), RFC 4867 5 (AMR: a frame is 20 ms),
#            ISO/IEC 14496-12 (mvhd; channelcount is a template of 2, of AAC its own head tells), 14496-3
#            1.A (ADTS: 1,024 samples a frame); Cloud API, "Supported media types": audio/aac, amr,
#            mpeg, mp4, ogg, video/3gpp.
# Versions:  npm music-metadata 11.16.1 (duration: true), @ffmpeg-installer/linux-x64 4.1.0, which
#            makes the files; Node.js 20; Debian 12: mediainfo 23.04-1, libimage-exiftool-perl
#            12.57+dfsg-1.
# Behaviour: none of the three has all six.  music-metadata throws at AMR and 3GP, and says 2 channels of a
#            mono .m4a; mediainfo has no length of AAC, exiftool none of Opus, AMR and AAC, and estimates
#            that of MP3, here by a fifth too short.
# Seen:      see below; the sound has 3.2 s, mono
# Matters:   a page that shows how long a voice message is before it is played shows nothing of a customer's
#            AMR, or of what an older phone recorded; one that checks "mono" refuses an .m4a which is.
#            Decode it; <audio> tells of those that a browser plays, and AMR is not among them.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . music-metadata@11.16.1 \
    @ffmpeg-installer/linux-x64@4.1.0 >/dev/null
apt-get download mediainfo=23.04-1 libmediainfo0v5 libzen0v5 libtinyxml2-9 libmms0 libcurl3-gnutls \
    libimage-exiftool-perl=12.57+dfsg-1 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
ffmpeg=node_modules/@ffmpeg-installer/linux-x64/ffmpeg
chmod 755 "$ffmpeg"
make() {
	name=$1
	shift
	"$ffmpeg" -v error -y -f lavfi -i "sine=f=300:r=16000:d=3.2" -ac 1 "$@" "$name"
}
make a.ogg -c:a libopus -b:a 16k
make a.m4a -c:a aac
make a.aac -c:a aac
make a.mp3 -c:a libmp3lame -b:a 32k
make a.amr -ar 8000 -c:a libopencore_amrnb -b:a 12.2k
make a.3gp -ar 8000 -c:a libopencore_amrnb -b:a 12.2k
cat >try.mjs <<'JS'
import fs from "node:fs";
import { parseBuffer } from "music-metadata";
try {
  const { format } = await parseBuffer(fs.readFileSync(process.argv[2]), undefined, { duration: true });
  console.log(`${format.duration.toFixed(1)} s, channels ${format.numberOfChannels}`);
} catch {
  console.log("throws");
}
JS
LC_ALL=C.UTF-8
export LC_ALL
for f in a.ogg a.m4a a.aac a.mp3 a.amr a.3gp; do
	echo "$f: music-metadata $(node try.mjs $f); mediainfo $(
	    LD_LIBRARY_PATH=$(dirname "$(find root -name 'libmediainfo.so.0')") root/usr/bin/mediainfo \
	        --Output='Audio;%Duration% ms, channels %Channels%' $f); exiftool $(
	    perl -Iroot/usr/share/perl5 root/usr/bin/exiftool -s3 -Duration $f 2>/dev/null || :)"
done | sed 's/mediainfo  ms/mediainfo none ms/; s/exiftool $/exiftool none/' >seen
cat >expected <<'SEEN'
a.ogg: music-metadata 3.2 s, channels 1; mediainfo 3207 ms, channels 1; exiftool none
a.m4a: music-metadata 3.3 s, channels 2; mediainfo 3264 ms, channels 1; exiftool 3.26 s
a.aac: music-metadata 3.3 s, channels 1; mediainfo none ms, channels 1; exiftool none
a.mp3: music-metadata 3.3 s, channels 1; mediainfo 3276 ms, channels 1; exiftool 2.66 s (approx)
a.amr: music-metadata throws; mediainfo 3220.000 ms, channels 1; exiftool none
a.3gp: music-metadata throws; mediainfo 3207 ms, channels 1; exiftool 3.21 s
SEEN
diff expected seen && echo "as found"
