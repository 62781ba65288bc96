"""waspool's include in a site that has much of its own: what the site says for
all of its locations does not break ours, and ours does not change the site."""

import contextlib
import copy
import json
import os
import re
import signal
import socket
import subprocess

import pytest

from d360 import D360
from rig import (WEBHOOK, Node, free_port, new_phone, text_message,
                 wait_for)
from sse import Stream
from test_media import deliver, stored
from test_nginx import HEAD, is_problem, say


@pytest.fixture(scope="module")
def busy():
    """A node with a file in a message (node.file, its API address)."""
    with D360() as provider:
        node = Node(provider.env)
        try:
            provider.attach(node.up())
            media = provider.add_media(b"\xff\xd8 a picture", "image/jpeg")
            id_ = deliver(node, "image", media.field())
            stored(node, id_)
            node.file = f"/messages/{id_}/media"
            yield node
        finally:
            node.remove()


OWN = """
location / { return 418 "the site's own"; }
"""


def configure(node, port, folder, server, http, include):
    """The node's nginx.conf with another site; INCLUDE are parts of ours."""
    conf = (node.dir / "nginx.conf").read_text()
    conf = conf.replace(f"listen 127.0.0.1:{node.port};",
                        f"listen 127.0.0.1:{port};")
    conf = conf.replace(f"pid {node.dir}/run/nginx.pid", f"pid {folder}/pid")
    conf = conf.replace("worker_processes", "#")
    conf = conf.replace(f"{node.dir}/log/access.log", f"{folder}/access")
    conf = conf.replace("http {", f"http {{\n{http.strip()}\n", 1)
    conf, n = re.subn(
        r"location / \{[^}]*\}\s*include [^;]*;",
        lambda _: server.replace("WASPOOL", "\n".join(
            f"include {node.dir}/nginx/{part}.conf;" for part in include)),
        conf)
    assert n == 1
    path = folder / "nginx.conf"
    path.write_text(conf)
    return ["nginx", "-e", folder / "log", "-p", f"{folder}/", "-c", path]


@contextlib.contextmanager
def site(node, folder, server, http="", include=("waspool",)):
    """The node, as that site shows it."""
    port = free_port()
    argv = configure(node, port, folder, server, http, include)
    done = subprocess.run([*argv, "-t"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr, done.stderr
    p = subprocess.Popen(argv)
    try:
        wait_for(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        s = copy.copy(node)
        s.port, s.folder = port, folder
        yield s
    finally:
        p.send_signal(signal.SIGTERM)
        p.wait(60)


def refuses(s, status, name, body, headers=None):
    """A delivery; a body that is a list goes in chunks."""
    answer = s.request("POST", WEBHOOK, body, headers)
    is_problem((answer.status, answer.headers, answer.body), status, name)


def all_is_ours(s, health=True):
    """Each kind of address answers as it does on a site that is ours alone."""
    phone = new_phone()
    body = text_message(phone, "hello")
    for path in WEBHOOK, f"{WEBHOOK}/{s.webhook_token}":
        assert s.deliver(body, path=path).status == 200
    assert s.deliver(body, token="").status == 401
    assert s.verify(mode="subscribe", challenge="77",
                    token=s.verify_token).body == b"77"
    refuses(s, 401, "unauthorized", [b"{}"])
    c = s.wait_conversation(phone)
    answer = s.get(f"/conversations/{c['id']}/messages")
    assert answer.headers["Content-Type"] == "application/json"
    assert "Expires" not in answer.headers
    assert not answer.headers["Server"].startswith("nginx/")
    # Of one member and of no other.
    assert s.api("GET", "/conversations", token="").status == 401
    for path, status in ("/conversations?x.php=1", 400), ("/no.php", 404):
        answer = s.get(path)
        assert (answer.status, answer.headers["Content-Type"]) == (
            status, "application/problem+json")
        assert answer.headers["X-Request-Id"]
    answer = s.get(s.file)
    assert (answer.status, answer.body) == (200, b"\xff\xd8 a picture")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"].startswith("private")
    refuses(s, 413, "too-large", None, {"Content-Length": "999999999"})
    with contextlib.closing(Stream(s)) as stream:
        assert stream.status == 200
    base = "" if health else "/api/v1"
    for path in "/healthz", "/healthz/webhooks", "/metrics":
        assert s.request("GET", base + path).status == 200, path
    # Nobody gets in from outside, and it looks like ours.
    assert s.request("GET", "/waspool-judge/api").status in (404, 418)
    logs = (s.folder / "log").read_text() + (s.folder / "access").read_text()
    assert s.webhook_token not in logs and "verify_token" not in logs


SITES = {
    "regular expressions": (r"""
        location ~ \.php$ { return 418; }
        location ~* \.(jpg|png)$ { return 418; }
        location ~ ^/api/ { return 418; }
        location ~ ^/(waspool-)?(verify|media|problem|judge|unsaid) { return 418; }
        WASPOOL
        location ~ . { return 418 "the site's own"; }""", ""),
    "hardened": ("""
        server_tokens off;
        client_max_body_size 1k;
        client_body_buffer_size 8k;
        large_client_header_buffers 2 1k;
        lingering_close off;
        keepalive_timeout 5;
        add_header X-Frame-Options DENY always;
        add_header Strict-Transport-Security "max-age=1" always;
        if ($request_method !~ ^(GET|HEAD|POST|PUT|PATCH|DELETE)$) {
            return 405;
        }
        if ($host = evil) { return 444; }
        WASPOOL""" + OWN, ""),
    "signed in elsewhere": ("""
        auth_basic "the site's own";
        auth_basic_user_file /dev/null;
        auth_request /sso;
        satisfy any;
        location = /sso { internal; return 403; }
        WASPOOL
        location / { auth_basic off; auth_request off; return 418; }""", ""),
    "its own pages": ("""
        root /var/www/html;
        index index.php index.html;
        try_files $uri $uri/ /index.php;
        error_page 400 401 403 404 405 413 /own.html;
        error_page 500 502 503 504 =200 /own.html;
        fastcgi_intercept_errors on;
        proxy_intercept_errors on;
        recursive_error_pages on;
        autoindex on;
        WASPOOL""" + OWN, "fastcgi_intercept_errors on;"),
    "tuned": ("""
        gzip on;
        gzip_types *;
        gzip_min_length 1;
        gzip_proxied any;
        expires 30d;
        charset utf-8;
        charset_types *;
        ssi on;
        ssi_types *;
        chunked_transfer_encoding off;
        mirror /mirror;
        client_body_in_file_only on;
        fastcgi_cache pages;
        fastcgi_cache_key $request_uri;
        fastcgi_cache_valid any 1m;
        fastcgi_ignore_headers Cache-Control Expires Set-Cookie;
        fastcgi_keep_conn on;
        fastcgi_buffering off;
        fastcgi_request_buffering off;
        location = /mirror { internal; return 200; }
        WASPOOL""" + OWN, """
        fastcgi_cache_path cache keys_zone=pages:1m;
        open_file_cache max=100;
        fastcgi_buffers 4 64k;
        fastcgi_buffer_size 64k;
        fastcgi_busy_buffers_size 64k;
        fastcgi_temp_file_write_size 64k;"""),
}


@pytest.mark.parametrize("name", SITES)
def test_what_a_site_says_for_all_its_locations(busy, tmp_path, name):
    server, http = SITES[name]
    with site(busy, tmp_path, server, http) as s:
        all_is_ours(s)
        assert s.request("GET", "/index.html").status == 418


def test_a_site_that_has_its_own_health(busy, tmp_path):
    """And error_page lines in its http block: two parts are left out."""
    server = """
        location = /healthz { return 418 "the site's own"; }
        location = /healthz/webhooks { return 418; }
        location /metrics { return 418 "the site's own"; }
        location = /gone { return 404; }
        location = /own.html { return 418 "the site's own"; }
        WASPOOL"""
    http = "error_page 404 /own.html;"
    with site(busy, tmp_path, server, http, ("waspool-api",)) as s:
        all_is_ours(s, health=False)
        for path in "/healthz", "/metrics", "/gone":
            assert s.request("GET", path).body == b"the site's own", path
    done = subprocess.run([*configure(busy, 1, tmp_path, server, http,
                                      ("waspool",)), "-t"],
                          capture_output=True, text=True)
    assert 'duplicate location "/healthz"' in done.stderr


def test_a_site_has_its_own_programs(busy, tmp_path):
    """Their parameters, of the http block, were lost under ours."""
    server = f"""
        WASPOOL
        location / {{ fastcgi_pass unix:{busy.dir}/run/actions.sock; }}"""
    http = """
        fastcgi_param REQUEST_METHOD GET;
        fastcgi_param REQUEST_URI /healthz;"""
    with site(busy, tmp_path, server, http) as s:
        all_is_ours(s)
        assert s.request("GET", "/index.php").body == b"ok\n"


def test_a_site_that_bounds_requests(busy, tmp_path):
    """A delivery that is one too many comes again; no log has its address."""
    server = """
        limit_req zone=one burst=1 nodelay;
        limit_req_status 429;
        WASPOOL"""
    http = "limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;"
    with site(busy, tmp_path, server, http) as s:
        chunked = b"POST " + WEBHOOK.encode() + HEAD + \
            b"Transfer-Encoding: chunked\r\nAuthorization: Bearer " + \
            s.webhook_token.encode() + b"\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        # That a program judges it first does not count as another one.
        assert say(s, chunked)[0] == 200
        assert say(s, chunked)[0] == 200
        answer = say(s, chunked)
        is_problem(answer, 503, "unavailable")
        assert answer[1]["Retry-After"] == "5"
        answer = say(s, b"GET /api/v1/contacts?q=Nelson" + HEAD + b"\r\n")
        is_problem(answer, 429, "too-many-requests")
        assert answer[1]["Retry-After"] == "5"
        is_problem(say(s, b"GET /healthz" + HEAD + b"\r\n"), 429,
                   "too-many-requests")
        assert s.deliver("{}", token="", path=f"{WEBHOOK}/5ecret").status == 503
    logs = (tmp_path / "log").read_text() + (tmp_path / "access").read_text()
    assert "5ecret" not in logs and "Nelson" not in logs
    assert "/api/" not in logs


def test_a_site_that_bounds_connections(busy, tmp_path):
    server = """
        limit_conn one 1;
        WASPOOL"""
    http = "limit_conn_zone $binary_remote_addr zone=one:1m;"
    with site(busy, tmp_path, server, http) as s:
        with contextlib.closing(Stream(s)) as stream:
            assert stream.status == 200
            answer = s.deliver("{}")
            assert answer.status == 503
            assert json.loads(answer.body)["type"].endswith("/unavailable")
        wait_for(lambda: s.deliver("{}").status == 200)


def test_a_file_that_nginx_cannot_read(busy, tmp_path):
    """Not the site's page, nor nginx's: what the API's clients know."""
    server = """
        error_page 403 404 500 =200 /own.html;
        disable_symlinks on;
        WASPOOL""" + OWN
    with site(busy, tmp_path, server) as s:
        path = next((busy.dir / "state" / "media").glob("??/*")).parent
        away = path.with_name("away")
        path.rename(away)
        path.symlink_to(away)
        try:
            answer = s.get(s.file)
            assert (answer.status, answer.headers["Content-Type"]) == (
                404, "application/problem+json"), answer
            # Beside what the program said of the file: no-store wins.
            assert "no-store" in answer.headers.get_all("Cache-Control")
        finally:
            path.unlink()
            away.rename(path)
        assert s.get(s.file).status == 200
        is_problem(say(s, b"GET /waspool-media/x" + HEAD + b"\r\n"), 404,
                   "not-found")


def test_headers_that_are_longer_than_a_program_reads(busy, tmp_path):
    server = """
        large_client_header_buffers 8 64k;
        WASPOOL"""
    with site(busy, tmp_path, server) as s:
        long = {f"X-{i}": "x" * 60000 for i in range(4)}
        for path, status in ((WEBHOOK, 503), ("/api/v1/contacts", 500),
                             ("/api/v1/changes", 500)):
            answer = s.request("POST", path, "{}", long)
            assert answer.status == status, answer
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert s.deliver("{}").status == 200
