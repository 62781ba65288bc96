"""What is posted to endpoints, as a receiver's library judges it: npm's
standardwebhooks, of the versions in tests/standardwebhooks."""

import base64
import json
import shutil
import subprocess

import pytest

from rig import BUILD, ROOT, wait_for
from test_webhooks_out import (act, add, desk, ids, local,  # noqa: F401
                               now_due, receiver, rows)

SOURCE = ROOT / "tests" / "standardwebhooks"
PLACE = BUILD / "standardwebhooks"
NO_MATCH = "No matching signature found"


def install():
    lock = PLACE / "package-lock.json"
    if (PLACE / "installed").exists() and \
            lock.read_bytes() == (SOURCE / lock.name).read_bytes():
        return
    if not shutil.which("npm"):
        pytest.skip("npm is missing: apt-get install npm")
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SOURCE / name, PLACE)
    try:
        done = subprocess.run(
            ["npm", "ci"], cwd=PLACE, text=True, timeout=120,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired:
        pytest.skip("npm cannot install standardwebhooks within 2 minutes")
    if done.returncode != 0:
        pytest.skip(f"npm cannot install it: {done.stdout[-300:]}")
    (PLACE / "installed").touch()


@pytest.fixture(scope="module")
def judge():
    """judge(secret, (headers, body), later=seconds): what the library says,
    {"event": …} or {"refused": why}."""
    install()
    shutil.copy(SOURCE / "verify.js", PLACE)

    def ask(secret, post, later=0):
        headers, body = post
        line = json.dumps({"secret": secret, "headers": headers, "later": later,
                           "body": base64.b64encode(body).decode()})
        done = subprocess.run(["node", "verify.js"], cwd=PLACE, text=True,
                              input=line, stdout=subprocess.PIPE, timeout=60,
                              check=True)
        return json.loads(done.stdout)

    return ask


def with_header(post, name, value):
    assert name in post[0]
    return ({**post[0], name: value}, post[1])


def test_a_receivers_library_verifies_what_is_posted(desk, receiver, judge):
    e = add(desk, receiver.url)
    said = "zażółć \U0001f642 \u2028 \"<&>\" \\"
    desk.talk(said)
    receiver.wait(1, "message.created")
    for post in list(receiver.posts):
        assert judge(e["secret"], post) == {"event": json.loads(post[1])}
    assert [b["data"]["object"]["content"]["body"]
            for b in receiver.bodies("message.created")] == [said]


def test_a_receivers_library_refuses_what_was_changed(desk, receiver, judge):
    e = add(desk, receiver.url, events=["message.created"])
    other = add(desk, "https://crm.example/", events=["contact.updated"])
    desk.talk("10 pieces")
    receiver.wait(1)
    post = receiver.posts[0]
    headers, body = post
    at = int(headers["webhook-timestamp"])
    changed = body.replace(b"10 pieces", b"90 pieces")
    assert changed != body
    for forged in ((headers, changed), (headers, body + b"\n"),
                   with_header(post, "webhook-id", "evt_1_1"),
                   with_header(post, "webhook-timestamp", str(at + 1))):
        assert judge(e["secret"], forged) == {"refused": NO_MATCH}
    assert judge(other["secret"], post) == {"refused": NO_MATCH}
    # What is kept and posted again by a stranger.
    assert "event" in judge(e["secret"], post, later=120)
    assert judge(e["secret"], post, later=400) == {
        "refused": "Message timestamp too old"}


def test_a_receivers_library_knows_both_secrets(desk, receiver, judge):
    e = add(desk, receiver.url, events=["message.created"])
    new = act(desk, e, "secret")
    desk.talk()
    receiver.wait(1)
    for secret in (e["secret"], new["secret"]):
        assert "event" in judge(secret, receiver.posts[0])
    newest = act(desk, e, "secret?overlap=0")
    desk.talk()
    receiver.wait(2)
    assert "event" in judge(newest["secret"], receiver.posts[1])
    for secret in (e["secret"], new["secret"]):
        assert judge(secret, receiver.posts[1]) == {"refused": NO_MATCH}


def test_a_receivers_library_verifies_each_attempt(desk, receiver, judge):
    """Retried and replayed: one id, a signature of its own each time."""
    e = add(desk, receiver.url, events=["message.created"])
    receiver.answers[:] = [500]
    desk.talk()
    wait_for(lambda: rows(desk, e))
    now_due(desk)
    wait_for(lambda: rows(desk, e)[0]["state"] == "delivered")
    act(desk, e, "replay", {"after": 0})
    receiver.wait(3)
    posts = list(receiver.posts)
    assert len(set(ids(receiver))) == 1
    for post in posts:
        assert judge(e["secret"], post) == {"event": json.loads(post[1])}
    act(desk, e, "test")
    receiver.wait(1, "webhook_endpoint.test")
    assert "event" in judge(e["secret"], receiver.posts[-1])
