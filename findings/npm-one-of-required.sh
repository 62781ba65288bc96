#!/bin/sh
# "Either to or user_id", said by oneOf and required, in npm's generators of clients.
#
# Guess:     a generator that cannot say that in TypeScript leaves the oneOf out; the other
#            fields keep their types.
# Source:    JSON Schema 2020-12 (validation 6.5.3, core 10.2.1.3: assertions beside each other
#            all hold); OpenAPI 3.1 is that dialect.
# Versions:  npm openapi-typescript 7.13.0, @hey-api/openapi-ts 0.99.0, orval 8.38.0,
#            swagger-typescript-api 13.13.0, openapi-typescript-codegen 0.31.0, oazapfts 7.5.0,
#            ng-openapi-gen 1.1.0; typescript 5.9.3.
# Behaviour: swagger-typescript-api and ng-openapi-gen lose all of the body: any.
#            openapi-typescript-codegen writes "requestBody: ," which does not compile, and exits
#            with 0.  oazapfts alone says either.  A oneOf of two whole bodies is right in all
#            seven.
# Seen:      see below; what the compiler says to a body that is right, to one with a type that
#            there is not, and to one with neither to nor user_id
# Matters:   waspool's contract had the first form: clients of three generators had no types for the
#            one request that everybody makes.  It has the second now.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . typescript@5.9.3 \
    openapi-typescript@7.13.0 @hey-api/openapi-ts@0.99.0 orval@8.38.0 \
    swagger-typescript-api@13.13.0 openapi-typescript-codegen@0.31.0 oazapfts@7.5.0 \
    ng-openapi-gen@1.1.0 >/dev/null
cat >api.yaml <<'YAML'
openapi: 3.1.0
info: { title: messages, version: "1" }
paths:
  /messages:
    post:
      operationId: createMessage
      requestBody:
        required: true
        content:
          application/json:
            schema:
YAML
cp api.yaml whole.yaml
cat >>api.yaml <<'YAML'
              allOf:
                - $ref: "#/components/schemas/Outgoing"
                - { type: object, properties: { to: { type: string }, user_id: { type: string } } }
              oneOf: [{ required: [to] }, { required: [user_id] }]
YAML
cat >>whole.yaml <<'YAML'
              oneOf:
                - allOf:
                    - $ref: "#/components/schemas/Outgoing"
                    - { type: object, required: [to], properties: { to: { type: string } } }
                - allOf:
                    - $ref: "#/components/schemas/Outgoing"
                    - { type: object, required: [user_id], properties: { user_id: { type: string } } }
YAML
for file in api whole; do
	cat >>$file.yaml <<'YAML'
      responses: { "204": { description: Queued } }
components:
  schemas:
    Outgoing:
      type: object
      required: [type]
      properties: { type: { type: string, enum: [text, image] } }
YAML
done
bin=$dir/node_modules/.bin
for form in api whole; do
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
type Body = $4;
export const fine: Body = { type: "text", to: "+16505550001" };
export const wrong: Body = { type: "texxt", to: "+16505550001" };
export const neither: Body = { type: "text" };
TS
	}
	use openapi-typescript operations "" \
	    'operations["createMessage"]["requestBody"]["content"]["application/json"]'
	use hey-api CreateMessageData /types.gen 'CreateMessageData["body"]'
	use orval CreateMessageBody "" CreateMessageBody
	use swagger-typescript-api Api /Api \
	    'Parameters<Api<unknown>["messages"]["createMessage"]>[0]'
	use openapi-typescript-codegen DefaultService /services/DefaultService \
	    'Parameters<typeof DefaultService.createMessage>[0]'
	use oazapfts createMessage "" 'Parameters<typeof createMessage>[0]'
	use ng-openapi-gen 'CreateMessage$Params' /fn/operations/create-message \
	    'CreateMessage$Params["body"]'
	# Apart: behind a line that is none, tsc looks no further.
	for files in "$form/use-openapi-typescript.ts $form/use-[hs]*.ts $form/use-o[ar]*.ts $form/use-n*.ts" \
	    $form/use-openapi-typescript-codegen.ts; do
		# shellcheck disable=SC2086 # patterns
		$bin/tsc --noEmit --strict --skipLibCheck --module esnext --target es2022 \
		    --moduleResolution bundler $files || :
	done >errors
	for tool in openapi-typescript hey-api orval swagger-typescript-api \
	    openapi-typescript-codegen oazapfts ng-openapi-gen; do
		printf '%s %s:' $form $tool
		if grep -q "^$form/$tool/services/.*error TS1" errors; then
			echo " is no TypeScript"
			continue
		fi
		for line in 3:fine 4:wrong 5:neither; do
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
api openapi-typescript: fine taken wrong refused neither taken
api hey-api: fine taken wrong refused neither taken
api orval: fine taken wrong refused neither taken
api swagger-typescript-api: fine taken wrong taken neither taken
api openapi-typescript-codegen: is no TypeScript
api oazapfts: fine taken wrong refused neither refused
api ng-openapi-gen: fine taken wrong taken neither taken
whole openapi-typescript: fine taken wrong refused neither refused
whole hey-api: fine taken wrong refused neither refused
whole orval: fine taken wrong refused neither refused
whole swagger-typescript-api: fine taken wrong refused neither refused
whole openapi-typescript-codegen: fine taken wrong refused neither refused
whole oazapfts: fine taken wrong refused neither refused
whole ng-openapi-gen: fine taken wrong refused neither refused
SEEN
diff expected seen && echo "as found"
