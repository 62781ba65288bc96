#!/bin/sh
# An Idempotency-Key that is still at work, or comes with another body, at an npm middleware.
#
# Guess:     409 while the first request runs, 422 for another body; a repeat of a finished one
#            gets the first answer, and a 503 is not kept.
# Source:    draft-ietf-httpapi-idempotency-key-header, 2.7 (error handling): 409 and 422.
# Versions:  npm express-idempotency 1.0.6, express 4.21.2; Node.js 20.
# Behaviour: both errors are 500, since they have no status of their own.  The rest as guessed.
# Seen:      see below
# Matters:   500 is what clients repeat: one that repeats as soon as it can, while the first
#            request runs, sees failures of a request that goes well, and one with another
#            body repeats what can never be taken.  waspool says 409 to another body.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . express@4.21.2 \
    express-idempotency@1.0.6 >/dev/null
cat >try.cjs <<'JS'
const express = require("express");
const { idempotency, getSharedIdempotencyService } = require("express-idempotency");
const app = express();
app.use(express.json());
app.use(idempotency());
let runs = 0;
app.post("/:status", async (req, res) => {
  if (getSharedIdempotencyService().isHit(req)) return;
  const n = ++runs;
  await new Promise(done => setTimeout(done, 500));
  res.status(Number(req.params.status)).json({ n });
});
app.use((e, req, res, next) => res.status(e.status ?? e.statusCode ?? 500).json({}));
const server = app.listen(0, "127.0.0.1", async () => {
  const post = async (status, key, text) => {
    const r = await fetch(`http://127.0.0.1:${server.address().port}/${status}`, {
      method: "POST", body: JSON.stringify({ text }),
      headers: { "Content-Type": "application/json", "Idempotency-Key": key } });
    const { n } = await r.json();
    return n === undefined ? r.status : `${r.status} of run ${n}`;
  };
  console.log("again:", await post(201, "a", "hello"), "/", await post(201, "a", "hello"));
  console.log("another body:", await post(201, "a", "bye"));
  const first = post(201, "b", "hello");
  await new Promise(done => setTimeout(done, 200));
  console.log("at work:", await post(201, "b", "hello"), "/", await first);
  console.log("503:", await post(503, "c", "hello"), "/", await post(503, "c", "hello"));
  process.exit(0);
});
JS
node --no-warnings try.cjs >seen 2>err || cat err
cat >expected <<'SEEN'
again: 201 of run 1 / 201 of run 1
another body: 500
at work: 500 / 201 of run 2
503: 503 of run 3 / 503 of run 4
SEEN
diff expected seen && echo "as found"
