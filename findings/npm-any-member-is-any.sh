#!/bin/sh
# A message whose type says what its content is, in npm's generators of clients.
#
# Guess:     with oneOf, discriminator and a const each generator lets m.type === "audio" say what m.content is;
#            "additionalProperties: true" changes nothing, as more members are allowed without it.
# Source:    JSON Schema 2020-12 core 10.3.2.3 (what is left out behaves as an empty schema, which takes all),
#            validation 6.1.3 (const is an enum of one); OpenAPI 3.1.0 4.8.25 (discriminator).
# Versions:  npm openapi-typescript 7.13.0, @hey-api/openapi-ts 0.99.0, orval 8.38.0,
#            swagger-typescript-api 13.13.0, openapi-typescript-codegen 0.31.0, oazapfts 7.5.0,
#            ng-openapi-gen 1.1.0; typescript 5.9.3.
# Behaviour: beside "additionalProperties: true" all seven take any member, misspelt or another type's: it is unknown
#            in openapi-typescript, hey-api and orval, any in the others.  To openapi-typescript-codegen a const
#            without a type is any, so no type tells anything apart, and any word may be compared with it.
#            Without the line, and with "type: string, enum: [audio]", all seven find all of it.
# Seen:      see below; what the compiler says to: the audio's voice, a member of text read of an audio, a misspelt
#            member, a misspelt type
# Matters:   waspool's contract had both.  Its bodies with more members say x-open instead, and types are enums of
#            one, of which zod's generators check more as well (npm-zod-from-openapi-3.1.sh).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . typescript@5.9.3 \
    openapi-typescript@7.13.0 @hey-api/openapi-ts@0.99.0 orval@8.38.0 \
    swagger-typescript-api@13.13.0 openapi-typescript-codegen@0.31.0 oazapfts@7.5.0 \
    ng-openapi-gen@1.1.0 >/dev/null
cat >one.yaml <<'YAML'
openapi: 3.1.0
info: { title: messages, version: "1" }
paths:
  /messages/{id}:
    get:
      operationId: getMessage
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses:
        "200": { description: One, content: { application/json: { schema: { $ref: "#/components/schemas/Message" } } } }
components:
  schemas:
    Message:
      oneOf: [{ $ref: "#/components/schemas/TextMessage" }, { $ref: "#/components/schemas/AudioMessage" }]
      discriminator:
        propertyName: type
        mapping: { text: "#/components/schemas/TextMessage", audio: "#/components/schemas/AudioMessage" }
    Common: { type: object, required: [id], properties: { id: { type: integer } } }
    TextMessage:
      allOf:
        - $ref: "#/components/schemas/Common"
        - type: object
          required: [type, content]
          properties: { type: { const: text }, content: { $ref: "#/components/schemas/TextContent" } }
    AudioMessage:
      allOf:
        - $ref: "#/components/schemas/Common"
        - type: object
          required: [type, content]
          properties: { type: { const: audio }, content: { $ref: "#/components/schemas/AudioContent" } }
    TextContent:
      { type: object, required: [body], additionalProperties: true, properties: { body: { type: string } } }
    AudioContent:
      { type: object, required: [id], additionalProperties: true, properties: { id: { type: string }, voice: { type: boolean } } }
YAML
sed 's/, additionalProperties: true//' one.yaml >closed.yaml
sed 's/const: \([a-z]*\)/type: string, enum: [\1]/' closed.yaml >enum.yaml
bin=$dir/node_modules/.bin
for form in one closed enum; do
	mkdir -p $form
	{
		$bin/openapi-typescript $form.yaml -o $form/openapi-typescript.ts
		$bin/openapi-ts -i $form.yaml -o $form/hey-api -c @hey-api/client-fetch
		$bin/orval --input $form.yaml --output $form/orval.ts --client fetch
		$bin/swagger-typescript-api generate -p $form.yaml -o $form/swagger-typescript-api
		$bin/openapi --useUnionTypes --input $form.yaml --output $form/openapi-typescript-codegen
		$bin/oazapfts $form.yaml $form/oazapfts.ts
		$bin/ng-openapi-gen -i $form.yaml -o $form/ng-openapi-gen
	} >log 2>&1
	use() {
		cat >"$form/use-$1.ts" <<TS
import type { $2 } from "./$1$3";
type M = ${4:-Message};
export const voice = (m: M) => m.type === "audio" ? m.content.voice : null;
export const other = (m: M) => m.type === "audio" ? m.content.body : "";
export const misspelt = (m: M) => m.type === "text" ? m.content.bdoy : "";
export const type = (m: M) => m.type === "adio";
TS
	}
	use openapi-typescript components "" 'components["schemas"]["Message"]'
	use hey-api Message /types.gen
	use orval Message ""
	use swagger-typescript-api Message /Api
	use openapi-typescript-codegen Message /models/Message
	use oazapfts Message ""
	use ng-openapi-gen Message /models/message
	$bin/tsc --noEmit --strict --skipLibCheck --module esnext --target es2022 \
	    --moduleResolution bundler $form/use-*.ts >errors || :
	for tool in openapi-typescript hey-api orval swagger-typescript-api \
	    openapi-typescript-codegen oazapfts ng-openapi-gen; do
		printf '%s %s:' $form $tool
		for line in 3:voice 4:other 5:misspelt 6:type; do
			if grep -q "^$form/use-$tool.ts(${line%:*}," errors; then
				printf ' %s refused' "${line#*:}"
			else
				printf ' %s taken' "${line#*:}"
			fi
		done
		echo
	done
done >seen
cat >expected <<'SEEN'
one openapi-typescript: voice taken other taken misspelt taken type refused
one hey-api: voice taken other taken misspelt taken type refused
one orval: voice taken other taken misspelt taken type refused
one swagger-typescript-api: voice taken other taken misspelt taken type refused
one openapi-typescript-codegen: voice taken other taken misspelt taken type taken
one oazapfts: voice taken other taken misspelt taken type refused
one ng-openapi-gen: voice taken other taken misspelt taken type refused
closed openapi-typescript: voice taken other refused misspelt refused type refused
closed hey-api: voice taken other refused misspelt refused type refused
closed orval: voice taken other refused misspelt refused type refused
closed swagger-typescript-api: voice taken other refused misspelt refused type refused
closed openapi-typescript-codegen: voice refused other refused misspelt refused type taken
closed oazapfts: voice taken other refused misspelt refused type refused
closed ng-openapi-gen: voice taken other refused misspelt refused type refused
enum openapi-typescript: voice taken other refused misspelt refused type refused
enum hey-api: voice taken other refused misspelt refused type refused
enum orval: voice taken other refused misspelt refused type refused
enum swagger-typescript-api: voice taken other refused misspelt refused type refused
enum openapi-typescript-codegen: voice taken other refused misspelt refused type refused
enum oazapfts: voice taken other refused misspelt refused type refused
enum ng-openapi-gen: voice taken other refused misspelt refused type refused
SEEN
diff expected seen && echo "as found"
