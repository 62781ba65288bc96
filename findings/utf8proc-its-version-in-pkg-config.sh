#!/bin/sh
# libutf8proc, and which version pkg-config says it is.
#
# Guess:     pkg-config --modversion is the release, so that ">= 2.8" asks for 2.8 or later.
# Source:    pkg-config(1), --modversion: the version of the package; utf8proc's releases are
#            2.8.0, 2.9.0, 2.11.3, and its header says so (UTF8PROC_VERSION_MAJOR and _MINOR).
# Versions:  Debian 12: libutf8proc-dev 2.8.0-1.  By hand: Debian 13's 2.9.0-1+b2 says 3.0.0,
#            sid's 2.11.3-2 says 3.2.3.
# Behaviour: the .pc file has the version of the shared object.
# Seen:      see below
# Matters:   PKG_CHECK_MODULES([UTF8PROC], [libutf8proc >= 2.8]) refuses Debian 12, which has it, and
#            a bound for 2.12 lets 2.9 pass.  Ask for the name only and compare the header's
#            macros, which are the release; which Unicode it knows is a third number
#            (utf8proc_unicode_version()).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download libutf8proc-dev=2.8.0-1 >/dev/null 2>&1
dpkg-deb -x libutf8proc-dev_*.deb root
pc=$(find root -name 'libutf8proc.pc')
{
	grep -i '^version' "$pc"
	sed -n 's/^#define UTF8PROC_VERSION_\(M[AI][JN]OR\) *\([0-9]*\).*/header: \1 \2/p' \
	    root/usr/include/utf8proc.h
} >seen
cat >expected <<'SEEN'
Version: 2.6.0
header: MAJOR 2
header: MINOR 8
SEEN
diff expected seen && echo "as found"
