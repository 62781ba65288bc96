#!/bin/sh
# A file to be uploaded, as OpenAPI 3.1 describes it, in npm's generators of clients.
#
# Guess:     contentMediaType is what 3.1 has instead of format: binary, so who reads 3.1 makes a
#            Blob or File of it in TypeScript.
# Source:    OpenAPI 3.1.0, 4.8.14.2 and 4.8.14.3 ("Considerations for File Uploads"); the
#            migration guide from 3.0 ("format: binary" becomes contentMediaType).
# Versions:  npm openapi-typescript 7.13.0, @hey-api/openapi-ts 0.99.0, orval 8.38.0,
#            swagger-typescript-api 13.13.0, openapi-typescript-codegen 0.31.0, oazapfts 7.5.0,
#            ng-openapi-gen 1.1.0, openapi-zod-client 1.18.3 (typescript 5.9.3 beside them).
# Behaviour: three of the eight make a Blob of it, to the other five it is a string, and a File
#            is refused by the compiler, or by zod while it runs.  Of format: binary, also where
#            it stands beside contentMediaType, seven make a Blob; openapi-typescript
#            never does.
# Seen:      see below
# Matters:   with a contract that is right by 3.1 nobody can upload anything through five of
#            the clients.  waspool's says both, which a validator of 3.1 takes.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . typescript@5.9.3 \
    openapi-typescript@7.13.0 @hey-api/openapi-ts@0.99.0 orval@8.38.0 \
    swagger-typescript-api@13.13.0 openapi-typescript-codegen@0.31.0 oazapfts@7.5.0 \
    ng-openapi-gen@1.1.0 openapi-zod-client@1.18.3 >/dev/null
cat >api.yaml <<'YAML'
openapi: 3.1.0
info: { title: media, version: "1" }
paths:
  /media:
    post:
      operationId: uploadMedia
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [by31, by30, byboth]
              properties:
                by31: { type: string, contentMediaType: application/octet-stream }
                by30: { type: string, format: binary }
                byboth: { type: string, format: binary, contentMediaType: application/octet-stream }
      responses: { "204": { description: It is here } }
YAML
bin=node_modules/.bin
{
	$bin/openapi-typescript api.yaml -o out/openapi-typescript.ts
	$bin/openapi-ts -i api.yaml -o out/hey-api -c @hey-api/client-fetch
	$bin/orval --input api.yaml --output out/orval.ts --client fetch
	$bin/swagger-typescript-api generate -p api.yaml -o out/swagger-typescript-api
	$bin/openapi --input api.yaml --output out/openapi-typescript-codegen
	$bin/oazapfts api.yaml out/oazapfts.ts
	$bin/ng-openapi-gen -i api.yaml -o out/ng-openapi-gen
	$bin/openapi-zod-client api.yaml -o out/openapi-zod-client.ts
} >log 2>&1
for tool in openapi-typescript hey-api orval swagger-typescript-api \
    openapi-typescript-codegen oazapfts ng-openapi-gen openapi-zod-client; do
	printf '%s' "$tool"
	for name in by31 by30 byboth; do
		if grep -rhE "\\b$name'?: " out/$tool out/$tool.ts 2>/dev/null | head -n 1 | grep -qE 'Blob|File'; then
			printf ' %s: file' $name
		else
			printf ' %s: string' $name
		fi
	done
	echo
done >seen
cat >expected <<'SEEN'
openapi-typescript by31: string by30: string byboth: string
hey-api by31: file by30: file byboth: file
orval by31: file by30: file byboth: file
swagger-typescript-api by31: file by30: file byboth: file
openapi-typescript-codegen by31: string by30: file byboth: file
oazapfts by31: string by30: file byboth: file
ng-openapi-gen by31: string by30: file byboth: file
openapi-zod-client by31: string by30: file byboth: file
SEEN
diff expected seen && echo "as found"
