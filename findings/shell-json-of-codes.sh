#!/bin/sh
# Phones, codes and names put into JSON in a shell, with jo and with Miller, for curl.
#
# Guess:     only what is a number in JSON becomes one, so +16505550001, 0042 and 0x1F stay text; jo -s keeps any word
#            as it is; what mlr --ojson writes is JSON.
# Source:    RFC 8259 6 (no plus, no leading nought, no hexadecimal); jo(1), "Type coercion", -s for string (it says
#            that strtod is asked where there is no -s); Miller's documentation, "File formats": JSON.
# Versions:  Debian 12: jo 1.9-1, miller 6.6.0-2+b3.  python3 says whether it is JSON.
# Behaviour: jo makes 31 of 0x1F, drops the plus and the noughts, rounds 20 digits; with -s the word null is an empty
#            text.  Miller leaves a plus and leading noughts alone, but writes 0x1F, 0b101 and 5. as they stand,
#            without quotes, which is no JSON, and its status is 0; with -S it quotes them, with -A not.
# Seen:      see below
# Matters:   the first script that sends a message is curl -d "$(jo ...)": an answer 0042 or an empty caption is
#            refused as no text, a customer called Null has no name; and one code of a list makes the whole
#            list unreadable.  jo -- -s to=+16505550001, jq -n --arg; mlr -S --icsv --ojson.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download jo=1.9-1 miller=6.6.0-2+b3 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
PATH=$PWD/root/usr/bin:$PATH
json() {
	python3 -c 'import json, sys; json.load(sys.stdin)' 2>/dev/null && echo "is JSON" || echo "is no JSON"
}
{
	jo to=+16505550001 body=0042 code=0x1F order=1e5 id=12345678901234567890 caption= name=null
	jo -- -s to=+16505550001 -s body=0042 -s code=0x1F -s caption= -s name=null
	for code in +16505550001 0042 0x1F 0b101 5.; do
		printf 'code\n%s\n' $code >codes.csv
		for s in "" -S -A; do
			# shellcheck disable=SC2086 # none is none
			mlr $s --icsv --ojson cat codes.csv >codes.json
			echo "mlr${s:+ $s}: $(grep -o '"code".*' codes.json) $(json <codes.json)"
		done
	done
} >seen
cat >expected <<'SEEN'
{"to":16505550001,"body":42,"code":31,"order":100000,"id":1.234567890123457e+19,"caption":null,"name":null}
{"to":"+16505550001","body":"0042","code":"0x1F","caption":"","name":""}
mlr: "code": "+16505550001" is JSON
mlr -S: "code": "+16505550001" is JSON
mlr -A: "code": "+16505550001" is JSON
mlr: "code": "0042" is JSON
mlr -S: "code": "0042" is JSON
mlr -A: "code": "0042" is JSON
mlr: "code": 0x1F is no JSON
mlr -S: "code": "0x1F" is JSON
mlr -A: "code": 0x1F is no JSON
mlr: "code": 0b101 is no JSON
mlr -S: "code": "0b101" is JSON
mlr -A: "code": 0b101 is no JSON
mlr: "code": 5. is no JSON
mlr -S: "code": "5." is JSON
mlr -A: "code": 5. is no JSON
SEEN
diff expected seen && echo "as found"
