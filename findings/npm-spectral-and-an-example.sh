#!/bin/sh
# A template's own member "example", in the example of a request, and the linters of OpenAPI.
#
# Guess:     what stands in an example is data: a linter looks whether it fits the schema, and no further.
# Source:    OpenAPI 3.1.0, "Media Type Object", example (any value); Meta's template components, which
#            have a member of that name (developers.facebook.com, message templates).
# Versions:  @stoplight/spectral-cli 6.16.3, @redocly/cli 2.77.0, node 20
# Behaviour: spectral takes an object of the data with "type" and "example" for a schema with its example, and
#            says that the example is invalid; redocly finds nothing.
# Seen:      see below
# Matters:   the document of any API for WhatsApp's templates meets it as soon as it shows one with a
#            variable, which Meta wants an example for. docs/openapi.yaml shows one without.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @stoplight/spectral-cli@6.16.3 \
    @redocly/cli@2.77.0 >/dev/null 2>&1
echo 'extends: ["spectral:oas"]' >rules.yaml
cat >api.yaml <<'YAML'
openapi: 3.1.0
info:
  title: Templates
  version: 1.0.0
  description: One operation.
  contact: { name: Nobody }
  license: { name: MIT, identifier: MIT }
servers: [{ url: /api }]
security: []
tags: [{ name: templates, description: Of messages }]
paths:
  /templates:
    post:
      operationId: createTemplate
      tags: [templates]
      summary: Creates a template
      description: With its components.
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                components: { type: array, items: { type: object } }
            example:
              components:
                - { type: BODY, text: "Hi {{1}}", example: { body_text: [[Ann]] } }
      responses:
        "202": { description: Accepted }
        "400": { description: Wrong }
YAML
{
	node_modules/.bin/spectral lint --ruleset rules.yaml api.yaml 2>&1 | grep -o 'oas3-valid-schema-example' ||
	    echo 'spectral: nothing'
	REDOCLY_TELEMETRY=off node_modules/.bin/redocly lint api.yaml 2>&1 | grep -o 'Your API description is valid'
} >seen
cat >expected <<'SEEN'
oas3-valid-schema-example
Your API description is valid
SEEN
diff expected seen && echo "as found"
