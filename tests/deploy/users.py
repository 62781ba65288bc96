"""waspool doctor, as root, between two real users; what is wrong with them,
and that what it says to type, typed as it stands, mends it."""

import json

from machine import Failed, wait_for

SPOOL = "/var/lib/waspool/spool"


def doctor(walk):
    status, out, errors = walk.machine.type("waspool doctor --json", fails=True)
    try:
        rows = {r["check"]: r for r in json.loads(out)}
    except ValueError:
        raise Failed(f"doctor: {out}{errors}") from None
    ill = {c: r for c, r in rows.items() if r["state"] != "ok"}
    walk.must((status == 0) == (not ill), f"doctor: status {status}, {ill}")
    return rows, ill


def is_well(walk):
    return not doctor(walk)[1]


def judged(walk):
    """All is well, and it is so of these two users."""
    rows, ill = doctor(walk)
    walk.must(not ill, f"doctor: {ill}")
    walk.must(rows["files"]["says"] == "folders, databases and locks belong to "
              "waspool, and nobody else may write them", rows["files"])
    walk.must(rows["nginx"]["says"] == "nginx runs, as www-data",
              rows["nginx"])
    walk.must("delivers to us" in rows["provider"]["says"], rows["provider"])
    walk.saw("waspool doctor: all is well, of two users and nginx")


def mended(walk, what, script, check, words, restart=""):
    """SCRIPT breaks it; CHECK says WORDS, and what to type."""
    walk.machine.type(script)
    found = wait_for(lambda: doctor(walk)[1].get(check), 20,
                     f"{what}: doctor sees nothing")
    walk.must(found["state"] == "fail" and words in found["says"],
              f"{what}: {found}")
    walk.machine.type(found["type"])
    try:
        wait_for(lambda: is_well(walk), 70, what)
    except Failed:
        raise Failed(f"{what}: {found['type']}: {doctor(walk)[1]}") from None
    walk.arrives(f"after {what}")
    walk.saw(f"broken and mended by what doctor says: {what}")


def check(walk):
    judged(walk)
    mended(walk, "the spool's folder is root's", f"chown root:root {SPOOL}",
           "files", SPOOL)
    mended(walk, "waspool is not in waspool-spool",
           "gpasswd -d waspool waspool-spool", "files",
           "waspool is not in the group waspool-spool")
    mended(walk, "the configuration is not the group's",
           "chgrp root /etc/waspool/waspool.conf", "configuration",
           "may not read")
    mended(walk, "waspool-spool owns the inbox",
           "chown waspool-spool /var/lib/waspool/inbox.db", "files",
           "is not waspool's")
    mended(walk, "the upstream blocks are gone",
           "rm /etc/nginx/conf.d/waspool-upstream.conf", "nginx",
           "there is no /etc/nginx/conf.d/waspool-upstream.conf")
    mended(walk, "nginx.conf does not include conf.d",
           "sed -i '/conf\\.d/d' /etc/nginx/nginx.conf", "nginx",
           "does not include /etc/nginx/conf.d")
