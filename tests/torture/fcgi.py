"""What a peer of a FastCGI socket may send: whole requests, and others."""

import socket
import struct

BEGIN_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6
GET_VALUES = 9


def record(type_, content=b"", id_=1, padding=0):
    return struct.pack("!BBHHBB", 1, type_, id_, len(content), padding,
                       0) + content + bytes(padding)


def length(n):
    return bytes([n]) if n < 128 else struct.pack("!I", n | 1 << 31)


def pair(name, value):
    name, value = name.encode(), value.encode()
    return length(len(name)) + length(len(value)) + name + value


BEGIN = record(BEGIN_REQUEST, struct.pack("!HB5x", 1, 0))


def head(**parameters):
    """All that comes before a body."""
    return BEGIN + record(PARAMS, b"".join(
        pair(k, v) for k, v in parameters.items())) + record(PARAMS)


def post(token, body_len, path="/api/webhooks/whatsapp"):
    """The head of a delivery."""
    return head(REQUEST_METHOD="POST", REQUEST_URI=path, QUERY_STRING="",
                CONTENT_TYPE="application/json",
                CONTENT_LENGTH=str(body_len), REMOTE_ADDR="127.0.0.1",
                HTTP_AUTHORIZATION="Bearer " + token)


def dial(node, program, seconds=30):
    s = socket.socket(socket.AF_UNIX)
    # Waits while the backlog is full; with Python's timeout it would not.
    s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO,
                 struct.pack("ll", seconds, 0))
    s.connect(f"{node.dir}/run/{program}.sock")
    s.settimeout(seconds)
    return s


def talk(node, program, data):
    """All that comes back, until the end."""
    with dial(node, program) as s:
        s.sendall(data)
        answer = b""
        while part := s.recv(65536):
            answer += part
        return answer
