"""Messages to be sent, for tests of what becomes of them."""

TEXT = {"type": "text", "text": {"body": "It does."}}
TEMPLATE = {"type": "template",
            "template": {"name": "hello_world", "language": "en_US"}}
DAY = 86400


def is_problem(answer, status, name):
    assert answer.status == status, answer
    assert answer.json["type"] == "https://waspool.dev/problems/" + name
    return answer.json


def fields(answer):
    """{field: message} of a 422."""
    problem = is_problem(answer, 422, "bad-field")
    return {e["field"]: e["message"] for e in problem["errors"]}


def send(shop, c, body, **more):
    """In conversation C: the message that is queued."""
    answer = shop.api("POST", f"/conversations/{c['id']}/messages", body,
                      **more)
    assert answer.status == 202, answer
    return answer.json


def newest(shop, c):
    return shop.get(f"/conversations/{c['id']}/messages")["data"][0]


def outbox(shop, message_id, kind="message"):
    """Its row: upload_id, state."""
    (row,) = shop.node.db(
        "SELECT upload_id, state FROM outbox"
        " WHERE message_id = ? AND kind = ?", message_id, kind)
    return row
