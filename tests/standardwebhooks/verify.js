/*
 * Has npm's standardwebhooks judge what was posted.  A line of standard input
 * is {"secret": …, "headers": {…}, "body": base64, "later": seconds}: what came,
 * and how much later its receiver looks at it.  A line of the answer is
 * {"event": …} or {"refused": why}.
 */
"use strict";

const readline = require("readline");
const { Webhook } = require("standardwebhooks");

const now = Date.now;

readline.createInterface({ input: process.stdin }).on("line", (line) => {
	const asked = JSON.parse(line);
	const body = Buffer.from(asked.body, "base64");
	let answer;

	Date.now = () => now() + 1000 * asked.later;
	try {
		answer = {
			event: new Webhook(asked.secret).verify(body, asked.headers),
		};
	} catch (e) {
		answer = { refused: e.message };
	}
	console.log(JSON.stringify(answer));
});
