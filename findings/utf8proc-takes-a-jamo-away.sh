#!/bin/sh
# libutf8proc, and a Korean syllable before U+11A7.
#
# Guess:     composing changes a text only where Unicode has a composed letter; all else stays.
# Source:    The Unicode Standard, 3.12, "Conjoining Jamo Behavior": trailing consonants begin at
#            U+11A8, and U+11A7, one below, stands for none: it composes with nothing.
#            Python's unicodedata (Unicode 15.0) as the second opinion.
# Versions:  Debian 12: libutf8proc2 2.8.0-1; Python 3.  By hand: Debian 13's 2.9.0 does the same,
#            sid's 2.11.3 leaves it.
# Behaviour: a syllable without a final, followed by U+11A7 (a vowel of old Korean), comes out of
#            NFC and NFKC without it: a letter is lost, not moved.
# Seen:      see below
# Matters:   two texts that differ are equal after normalising, and an upgrade of the library makes
#            them different again: what was stored as normalised is not found by who asks now.
#            waspool composes with code points of its own choice and has the same words with all three
#            versions (tests/unit/test_unicode.c).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download libutf8proc2=2.8.0-1 >/dev/null 2>&1
dpkg-deb -x libutf8proc2_*.deb root
cat >try.py <<'PY'
import ctypes, glob, unicodedata
lib = ctypes.CDLL(glob.glob("root/usr/lib/*/libutf8proc.so.2")[0])
lib.utf8proc_NFC.restype = ctypes.c_char_p
lib.utf8proc_version.restype = ctypes.c_char_p
def points(s):
    return " ".join(f"U+{ord(c):04X}" for c in s)
print("utf8proc", lib.utf8proc_version().decode())
for text in ("\uac00\u11a8", "\uac00\u11a7", "\u1100\u1161\u11a7"):
    print(points(text), "-> utf8proc", points(lib.utf8proc_NFC(text.encode()).decode()) + ",",
          "Python", points(unicodedata.normalize("NFC", text)))
PY
python3 try.py >seen
cat >expected <<'SEEN'
utf8proc 2.8.0
U+AC00 U+11A8 -> utf8proc U+AC01, Python U+AC01
U+AC00 U+11A7 -> utf8proc U+AC00, Python U+AC00 U+11A7
U+1100 U+1161 U+11A7 -> utf8proc U+AC00, Python U+AC00 U+11A7
SEEN
diff expected seen && echo "as found"
