#!/bin/sh
# The first request that npm's tools make of a contract in OpenAPI 3.1: does it fit its own schema?
#
# Guess:     it does, but for patterns: const, a type with null, exclusiveMinimum as a number and uniqueItems each stand
#            in the schema, and whoever reads 3.1 reads JSON Schema 2020-12.
# Source:    OpenAPI 3.1.0, 4.8.24 ("Schema Object", a superset of JSON Schema 2020-12); JSON Schema 2020-12,
#            Validation 6.1.1 (type as a list), 6.1.3 (const), 6.2.5 (exclusiveMinimum), 6.4.3, 10.2.1.2 of Core (anyOf).
# Versions:  npm openapi-sampler 1.7.9, @har-sdk/openapi-sampler 2.4.2, openapi-to-postmanv2 6.3.3, openapi-backend
#            5.21.2 (its mock), json-schema-faker 0.6.3; ajv 8.17.1 says what fits; Node.js 20.
# Behaviour: json-schema-faker does as guessed.  Of a const openapi-to-postmanv2 and openapi-backend make its type's
#            word, "string", or nothing; openapi-backend makes {} of a number that may be null, and 0 of one that is to
#            be above 5.  Of a choice (one of these members has to be there, or each with members of its own)
#            @har-sdk's and openapi-backend take none, or leave out what stands beside it; openapi-sampler sets both
#            where one is allowed; openapi-to-postmanv2 makes something else each time.  Four set the same item twice,
#            or too few.  None says anything.  An example beside the schema is taken as it is.
# Seen:      see below; "yes", or what was made
# Matters:   who imports a contract to try an API sends {"type":"string"} first, is answered 422, and takes the
#            API for broken; a mock in tests answers {} where the real one says a number or null.  An
#            example beside the request is taken by all: docs/openapi.yaml has one for each.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . openapi-sampler@1.7.9 \
    @har-sdk/openapi-sampler@2.4.2 openapi-to-postmanv2@6.3.3 openapi-backend@5.21.2 json-schema-faker@0.6.3 \
    ajv@8.17.1 >/dev/null
cat >try.mjs <<'JS'
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const Ajv = require("ajv/dist/2020").default;
const { OpenAPIBackend } = require("openapi-backend");
const postman = require("openapi-to-postmanv2");
const ajv = new Ajv({ strict: false });

const member = schema => ({ type: "object", required: ["n"], properties: { n: schema } });
const text = { type: "string" };
const kind = (type, name) => ({ required: ["type", name], properties: { type: { const: type }, [name]: text } });
const schemas = {
  "a const": { type: "object", required: ["type"], properties: { type: { type: "string", const: "text" } } },
  "a number or null": member({ type: ["integer", "null"], minimum: 10 }),
  "above 5": member({ type: "integer", exclusiveMinimum: 5 }),
  "two different": member({ type: "array", minItems: 2, uniqueItems: true, items: text }),
  "this or that": { type: "object", properties: { to: text, user: text },
    anyOf: [{ required: ["to"] }, { required: ["user"] }] },
  "either": { type: "object", properties: { to: text, user: text },
    oneOf: [{ required: ["to"] }, { required: ["user"] }] },
  "two kinds": { type: "object", required: ["id"], properties: { id: { type: "integer" } },
    oneOf: [kind("text", "body"), kind("image", "link")] },
};
const contract = (schema, example) => ({ openapi: "3.1.0", info: { title: "messages", version: "1" }, paths: {
  "/messages": { post: { operationId: "send",
    requestBody: { required: true, content: { "application/json": { schema, ...example } } },
    responses: { 200: { description: "sent", content: { "application/json": { schema, ...example } } } } } } } });
const request = api => api.paths["/messages"].post.requestBody.content["application/json"];
const makers = {
  "openapi-sampler": async api => require("openapi-sampler").sample(request(api).schema, {}, api),
  "@har-sdk/openapi-sampler": async api => require("@har-sdk/openapi-sampler").sample(request(api).schema, {}, api),
  "openapi-to-postmanv2": api => new Promise((done, fail) => postman.convertV2({ type: "json", data: api },
    { parametersResolution: "Example" }, (error, made) => {
      const first = item => item.request ?? first(item.item[0]);
      error ? fail(error) : done(JSON.parse(first(made.output[0].data).body.raw));
    })),
  "openapi-backend": async api => {
    const backend = new OpenAPIBackend({ definition: api, quick: true });
    await backend.init();
    return backend.mockResponseForOperation("send").mock;
  },
  "json-schema-faker": async api => (await import("json-schema-faker")).generate(request(api).schema),
};
for (const [name, make] of Object.entries(makers)) {
  for (const [what, schema] of Object.entries(schemas)) {
    if (name === "openapi-to-postmanv2" && /this or that|either/.test(what))
      continue;  // What it makes of these differs each time.
    const made = await make(contract(structuredClone(schema)));
    console.log(`${name}, ${what}: ${ajv.validate(schema, made) ? "yes" : JSON.stringify(made)}`);
  }
}
for (const name of ["openapi-to-postmanv2", "openapi-backend"])
  console.log(`${name}, an example: ${JSON.stringify(
    await makers[name](contract(structuredClone(schemas["a const"]), { example: { type: "text" } })))}`);
process.exit(0);
JS
timeout 100 node --no-warnings try.mjs >seen 2>err || cat err
cat >expected <<'SEEN'
openapi-sampler, a const: yes
openapi-sampler, a number or null: yes
openapi-sampler, above 5: yes
openapi-sampler, two different: {"n":["string","string"]}
openapi-sampler, this or that: yes
openapi-sampler, either: {"to":"string","user":"string"}
openapi-sampler, two kinds: yes
@har-sdk/openapi-sampler, a const: yes
@har-sdk/openapi-sampler, a number or null: yes
@har-sdk/openapi-sampler, above 5: yes
@har-sdk/openapi-sampler, two different: {"n":["lorem","lorem"]}
@har-sdk/openapi-sampler, this or that: {}
@har-sdk/openapi-sampler, either: {}
@har-sdk/openapi-sampler, two kinds: {"type":"text","body":"lorem"}
openapi-to-postmanv2, a const: {"type":"string"}
openapi-to-postmanv2, a number or null: yes
openapi-to-postmanv2, above 5: yes
openapi-to-postmanv2, two different: {"n":["string"]}
openapi-to-postmanv2, two kinds: {"type":"","body":"string"}
openapi-backend, a const: {"type":"string"}
openapi-backend, a number or null: {"n":{}}
openapi-backend, above 5: {"n":0}
openapi-backend, two different: {"n":["string","string"]}
openapi-backend, this or that: {}
openapi-backend, either: {}
openapi-backend, two kinds: {}
json-schema-faker, a const: yes
json-schema-faker, a number or null: yes
json-schema-faker, above 5: yes
json-schema-faker, two different: yes
json-schema-faker, this or that: yes
json-schema-faker, either: yes
json-schema-faker, two kinds: yes
openapi-to-postmanv2, an example: {"type":"text"}
openapi-backend, an example: {"type":"text"}
SEEN
diff expected seen && echo "as found"
