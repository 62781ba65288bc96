#!/bin/sh
# Answers of an API checked with schemas of zod that were generated from its OpenAPI 3.1.
#
# Guess:     such a schema takes what the contract allows, and refuses what it does not.
# Source:    OpenAPI 3.1.0 4.8.24 (its schemas are JSON Schema 2020-12): enum and const need no type
#            (validation 6.1.2, 6.1.3); date-time is RFC 3339's, 5.6: an offset may stand where Z may.
# Versions:  npm openapi-zod-client 1.18.3, typed-openapi 2.2.7, @hey-api/openapi-ts 0.99.0 (its plugin
#            zod), orval 8.38.0 (client zod), @kubb/plugin-zod 4.39.3; zod 3.25.76; Node.js 20.
# Behaviour: orval's does.  hey-api's and kubb's refuse a time with an offset.  hey-api makes a BigInt of an
#            int64, which JSON.stringify refuses, and takes "7" for it.  openapi-zod-client takes all
#            for a const and for an enum without a type, typed-openapi for a const; to both any length
#            is right where null may stand.  typed-openapi takes the text "null" for null in an enum,
#            and 7.5 for an integer.
# Seen:      see below
# Matters:   a check that throws at a right answer stops a client at one message; one that passes all
#            finds no fault.  waspool says times with Z and no int64, so the last three have nothing against its
#            answers; the first two pass some that are wrong.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . typescript@5.9.3 zod@3.25.76 \
    openapi-zod-client@1.18.3 typed-openapi@2.2.7 @hey-api/openapi-ts@0.99.0 orval@8.38.0 \
    @kubb/cli@4.39.3 @kubb/core@4.39.3 @kubb/plugin-oas@4.39.3 @kubb/plugin-ts@4.39.3 \
    @kubb/plugin-zod@4.39.3 >/dev/null
cat >api.yaml <<'YAML'
openapi: 3.1.0
info: { title: messages, version: "1" }
paths:
  /messages/{id}:
    get:
      operationId: getMessage
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses:
        "200":
          description: A message
          content: { application/json: { schema: { $ref: "#/components/schemas/Message" } } }
components:
  schemas:
    Message:
      type: object
      required: [id, at, note, status]
      properties:
        id: { type: integer, format: int64 }
        at: { type: string, format: date-time }
        note: { type: [string, "null"], maxLength: 5 }
        status: { type: [string, "null"], enum: [sent, failed, null] }
        object: { const: message }
        direction: { enum: [in, out] }
YAML
echo "module.exports = { m: { input: './api.yaml', output: { client: 'zod', target: './orval.ts' } } };" \
    >orval.config.cjs
cat >kubb.config.mjs <<'JS'
import { defineConfig } from "@kubb/core";
import { pluginOas } from "@kubb/plugin-oas";
import { pluginTs } from "@kubb/plugin-ts";
import { pluginZod } from "@kubb/plugin-zod";
export default defineConfig({
  input: { path: "./api.yaml" }, output: { path: "./kubb" },
  plugins: [pluginOas(), pluginTs(), pluginZod({ output: { path: "zod.ts" } })],
});
JS
bin=node_modules/.bin
{
	$bin/openapi-zod-client api.yaml -o openapi-zod-client.ts --export-schemas
	$bin/typed-openapi api.yaml -o typed-openapi.ts -r zod
	$bin/openapi-ts -i api.yaml -o hey-api -p zod
	$bin/orval --config orval.config.cjs
	$bin/kubb generate --config kubb.config.mjs
} >log 2>&1 || cat log
cat >try.mjs <<'JS'
import ts from "typescript";
import fs from "node:fs";
const tools = {
  "openapi-zod-client": ["openapi-zod-client.ts", m => m.schemas.Message],
  "typed-openapi": ["typed-openapi.ts", m => m.Message],
  "hey-api": ["hey-api/zod.gen.ts", m => m.zMessage],
  "orval": ["orval.ts", m => m.GetMessageResponse],
  "kubb": ["kubb/zod.ts", m => m.messageSchema],
};
const message = { id: 7, at: "2026-11-30T00:00:00Z", note: null, status: null };
const values = [
  ["null", true, {}], ["an offset", true, { at: "2026-11-30T02:00:00+02:00" }],
  ["another const", false, { object: "contact" }], ["no such enum", false, { direction: "up" }],
  ["too long", false, { note: "longer" }], ['status "null"', false, { status: "null" }],
  ['id "7"', false, { id: "7" }], ["id 7.5", false, { id: 7.5 }],
];
for (const [tool, [file, find]] of Object.entries(tools)) {
  const code = fs.readFileSync(file, "utf8").replace(/import .*@zodios\/core.*/,
    "const makeApi = x => x; class Zodios {}");
  fs.writeFileSync(`${tool}.mjs`, ts.transpileModule(code,
    { compilerOptions: { module: "esnext", target: "es2022" } }).outputText);
  const schema = find(await import(`./${tool}.mjs`));
  const wrong = values.filter(([, right, v]) =>
    schema.safeParse({ ...message, ...v }).success !== right)
    .map(([name, right]) => `${name} ${right ? "refused" : "taken"}`);
  try {
    JSON.stringify(schema.parse(message));
  } catch (e) {
    wrong.push(e.message);
  }
  console.log(`${tool}: ${wrong.join(", ") || "as the contract says"}`);
}
JS
node --no-warnings try.mjs >seen 2>&1 || cat seen
cat >expected <<'SEEN'
openapi-zod-client: another const taken, no such enum taken, too long taken
typed-openapi: another const taken, too long taken, status "null" taken, id 7.5 taken
hey-api: an offset refused, id "7" taken, Do not know how to serialize a BigInt
orval: as the contract says
kubb: an offset refused
SEEN
diff expected seen && echo "as found"
