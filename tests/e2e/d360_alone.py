"""The imitation of 360dialog as a program, for ./dev up: it takes every API
key, and an answer is sent, delivered and read a moment later.

    d360_alone.py URL_FILE

URL_FILE says where it listens, and is written when it does; what stands there
already is where.  From the environment: D360_WEBHOOK, where statuses go;
D360_TOKEN and D360_APP_SECRET, how it signs in there; D360_KEYS, a folder with
the keys of numbers; D360_NUMBER, whose every other key is.
"""

import hashlib
import hmac
import os
import pathlib
import sys
import urllib.parse

from d360 import D360

PAUSE = 0.4             # between two statuses of a message
KEPT = 10000            # records of each kind that are remembered


class Alone(D360):
    def __init__(self, port):
        super().__init__(port=port)
        self.auto = ["sent", "delivered", "read"]
        self.auto_pause = PAUSE

    def _dispatch(self, r):
        if r.key and r.key not in self.numbers:
            self.numbers[r.key] = self._number_of(r.key)
        for records in (self.sent, self.reads, self.requests, self.uploads):
            del records[:-KEPT]
        return super()._dispatch(r)

    def _number_of(self, key):
        for path in pathlib.Path(os.environ["D360_KEYS"]).glob("[0-9]*"):
            if path.read_text().strip() == key:
                return path.name
        return os.environ["D360_NUMBER"]

    def webhook(self, key, body):
        hook = self.webhooks.get(key)
        if hook and urllib.parse.urlsplit(hook["url"]).hostname == "127.0.0.1":
            url, headers = hook["url"], dict(hook["headers"])
        else:
            url, headers = os.environ["D360_WEBHOOK"], {}
            if os.environ.get("D360_TOKEN"):
                headers["Authorization"] = "Bearer " + os.environ["D360_TOKEN"]
        secret = os.environ.get("D360_APP_SECRET")
        if secret:
            headers["X-Hub-Signature-256"] = "sha256=" + hmac.new(
                secret.encode(), body, hashlib.sha256).hexdigest()
        return url, headers


def main(url_file):
    file = pathlib.Path(url_file)
    try:
        port = int(file.read_text().rsplit(":", 1)[1])
    except (OSError, ValueError, IndexError):
        port = 0
    side = Alone(port)
    new = file.with_suffix(".new")
    new.write_text(side.url + "\n")
    new.rename(file)            # in one step: who reads it meets no half of it
    side.serve_here()


if __name__ == "__main__":
    main(*sys.argv[1:])
