"""./dev up and down: what they print, start, keep and leave behind."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from urllib.parse import quote

import pytest

import libpq
from rig import (ASSIGNMENTS, NUMBER, PATIENCE, PGSQL, ROOT, SERVICES, Node,
                 clean_environment, dev, parse_assignments, processes_in,
                 text_message, wait_for)

WITHIN = 1.0
LOOKS = 60      # with all that they ask, in a second of a quiet machine


def soon(predicate):
    """Within a second.  Where the machine has no time for us, neither has it
    for whoever is to be back: then so many looks are one."""
    end, looks = time.monotonic() + WITHIN, LOOKS
    while not (answer := predicate()):
        looks -= 1
        assert looks > 0 or time.monotonic() < end, "not within a second"
        time.sleep(0.01)
    return answer


def answers(node):
    """The program behind each address, or an error of nginx: 5xx."""
    return [node.request("GET", "/api/webhooks/whatsapp").status,
            node.request("DELETE", "/api/webhooks/whatsapp").status,
            node.get("/me").status]


def test_up_prints_the_assignments_and_nothing_else(make_node):
    n = make_node(start=False)
    out = dev("up", "--dir", n.dir, "--port", n.port).stdout
    assert [line.split("=")[0] for line in out.splitlines()] == ASSIGNMENTS
    a = parse_assignments(out)
    assert a["url"] == f"http://127.0.0.1:{n.port}"
    assert a["webhook_url"] == a["url"] + "/api/webhooks/whatsapp"
    assert a["dir"] == str(n.dir)
    assert a["phone_number_id"] == NUMBER
    assert os.access(a["bin"] + "/waspool", os.X_OK)
    assert stat.S_IMODE(os.stat(a["config"]).st_mode) == 0o600

    again = dev("up", "--dir", n.dir, "--port", n.port)
    assert again.stdout == out
    assert "already running" in again.stderr


@pytest.mark.skipif(not PGSQL, reason="it wants ./dev test --pgsql")
def test_up_has_a_postgresql_of_its_own_and_ends_it():
    """In a folder that nobody has one for, and it is there again."""
    n = Node({"WASPOOL_INBOX": ""})     # none of the tests'
    try:
        for _ in range(2):
            dev("up", "--pgsql", "--dir", n.dir, "--port", n.port)
            server = [pid for pid, name in processes_in(n.dir / "pgsql" / "data")
                      if name == "postgres"]
            assert server
            with libpq.Connection("postgresql://waspool_owner@"
                                  f"{quote(str(n.dir / 'pgsql'), '')}/waspool") as c:
                assert c.run("SELECT count(*) FROM workspaces")[0] == [(1,)]
                # Whoever works there owns nothing.
                assert c.run("SELECT DISTINCT tableowner::text FROM pg_tables WHERE"
                             " schemaname = 'public'")[0] == [("waspool_owner",)]
            dev("down", "--dir", n.dir)
            assert not list(processes_in(n.dir / "pgsql" / "data"))
            assert "database system is shut down" in n.log("pgsql")
            refused = dev("up", "--dir", n.dir, "--port", n.port, check=False,
                          env={"PGSQL": ""})
            assert refused.returncode == 1
            assert "./dev up --pgsql --dir" in refused.stderr
    finally:
        n.remove()


@pytest.mark.skipif(not PGSQL or os.geteuid() != 0,
                    reason="it wants root and ./dev test --pgsql")
def test_up_says_which_folder_its_postgresql_cannot_enter():
    with tempfile.TemporaryDirectory() as closed:       # mode 0700
        done = dev("up", "--pgsql", "--dir", f"{closed}/a/b", check=False)
        assert done.returncode == 1
        assert f"type 'chmod o+x {closed}', or" in done.stderr, done.stderr


def readme_answer():
    """The commands of README.md: "Follow one webhook", then "Answer"."""
    text = (ROOT / "README.md").read_text()
    follow = text.split("## Follow one webhook by hand")[1].split("## ")[0]
    answer = text.split("## Answer")[1].split("## ")[0]
    blocks = [re.findall(r"(?:^    .*\n)+", part, re.M)
              for part in (follow, answer)]
    there = ("until curl -s -H \"Authorization: Bearer $token\""
             " $url/api/v1/conversations | grep -q last_message; do"
             " sleep 0.1; done\n")
    return there.join("".join(b) for b in blocks)


def test_the_readme_ends_with_an_answer_that_is_read():
    """By an imitation of 360dialog, which up starts and down ends."""
    n = Node({"WHATSAPP_API_URL": ""})
    try:
        n.up()
        script = readme_answer().replace(
            "./dev up", f"./dev up --dir {n.dir} --port {n.port}")
        done = subprocess.run(["sh", "-eu", "-c", script], cwd=ROOT,
                              stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=clean_environment({}), timeout=300)
        assert done.returncode == 0, (done.stdout, done.stderr)
        assert "already running" in done.stderr

        def statuses():
            return [m["status"] for m in n.messages(1)
                    if m["direction"] == "outbound"]
        wait_for(lambda: statuses() == ["read", "read"])
        pid = n.pids(os.path.basename(os.path.realpath("/usr/bin/python3")))
        os.kill(pid[0], signal.SIGKILL)         # and it is back
        n.up()
        assert n.post("/conversations/1/messages",
                      {"type": "text", "text": {"body": "Once more."}}
                      ).status == 202
        wait_for(lambda: statuses() == ["read"] * 3)
        n.down()
        assert list(processes_in(n.dir)) == []
        n.up()                                  # on the port of the first time
        assert "WHATSAPP_API_URL=" + (n.dir / "d360.url").read_text() \
            in (n.dir / "waspool.conf").read_text()
    finally:
        n.remove()


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT,
                                 signal.SIGQUIT, signal.SIGUSR1])
def test_what_a_supervisor_sends_ends_a_program_in_order(node, sig):
    """multiwatch -s TERM sends SIGQUIT (1.0.0), without -s SIGUSR1."""
    log = node.dir / "log" / "webhook-verify.log"
    before = log.read_text().count(f"stopped by signal {int(sig)}")
    node.kill("webhook-verify", sig)
    wait_for(lambda: log.read_text().count(
        f"stopped by signal {int(sig)}") > before)
    [pid, *_] = wait_for(lambda: node.pids("waspool-process"))
    with open(f"/proc/{pid}/status") as status:
        caught = int(status.read().split("SigCgt:")[1].split()[0], 16)
    assert caught >> sig - 1 & 1


def test_assignments_are_for_a_shell(make_node):
    n = make_node(WHATSAPP_WEBHOOK_VERIFY_TOKEN="it's-$HOME;`x`-and-more")
    line = (n.dir / "run" / "assignments").read_text()
    done = subprocess.run(["sh", "-c", line + 'printf %s "$verify_token"'],
                          stdout=subprocess.PIPE, text=True)
    assert done.stdout == "it's-$HOME;`x`-and-more"
    assert n.verify(mode="subscribe", token="it's-$HOME;`x`-and-more",
                    challenge="17").body == b"17"


FIRST, SECOND = "first-of-sixteen", "second-of-sixteen"


def test_the_environment_wins(make_node):
    n = make_node(WHATSAPP_WEBHOOK_TOKEN=f"{FIRST},{SECOND}",
                  WHATSAPP_PHONE_NUMBER_ID="123")
    assert n.webhook_token == FIRST
    assert n.phone_number_id == "123"
    assert n.deliver("{}", token=SECOND).status == 200
    assert n.deliver("{}", token="third-of-sixteen").status == 401


def test_the_environment_reaches_the_programs(make_node):
    n = make_node(WASPOOL_BODY_MAX="2000")
    assert n.deliver("x" * 2000).status == 200
    assert n.deliver("x" * 2001).status == 413


def test_down_leaves_nothing_running(make_node):
    n = make_node()
    assert set(SERVICES) <= {p for _, p in processes_in(n.dir)}
    n.down()
    assert list(processes_in(n.dir)) == []
    with socket.socket() as s:
        assert s.connect_ex(("127.0.0.1", n.port)) != 0
    assert not list((n.dir / "run").glob("*.sock"))

    again = dev("down", "--dir", n.dir)
    assert again.returncode == 0 and "not running" in again.stderr


def test_down_ends_what_hangs_and_what_is_orphaned(make_node):
    n = make_node()
    keeper = int((n.dir / "run" / "actions.session").read_text())
    os.kill(keeper, signal.SIGKILL)
    n.kill("waspool-process", signal.SIGSTOP)
    n.down()
    assert list(processes_in(n.dir)) == []


def test_down_tells_the_orphans_and_kills_who_does_not_listen(make_node):
    """An orphan ends in order, at once; by the clock, not by the looks."""
    n = make_node(NODE_GRACE=4)
    keeper = int((n.dir / "run" / "actions.session").read_text())
    os.kill(keeper, signal.SIGKILL)
    deaf = subprocess.Popen(["sh", "-c", "trap '' TERM; echo; sleep 99"],
                            cwd=n.dir, start_new_session=True,
                            stdout=subprocess.PIPE)
    deaf.stdout.readline()
    (n.dir / "run" / "deaf.session").write_text(f"{deaf.pid}\n")
    done = dev("down", "--dir", n.dir, env={"NODE_GRACE": "4"})
    assert deaf.wait() == -signal.SIGKILL
    killed = done.stderr.split("killing:")[1].split()
    assert str(deaf.pid) in killed and len(killed) <= 2     # it and its sleep
    assert "stopped by signal" in n.log("actions")
    assert list(processes_in(n.dir)) == []


def test_down_of_a_folder_that_is_not_there(tmp_path):
    done = dev("down", "--dir", tmp_path / "none")
    assert done.returncode == 0 and "not running" in done.stderr
    assert not (tmp_path / "none").exists()


def test_two_nodes_side_by_side(node, make_node):
    other = make_node()
    assert other.token != node.token
    assert other.get("/me").status == node.get("/me").status == 200
    assert other.get("/me", token=node.token).status == 401
    other.down()
    assert node.get("/me").status == 200


def test_data_survives_down_and_up(make_node):
    n = make_node()
    before = n.token, n.webhook_token, n.workspace_id
    assert n.deliver(text_message("4930111222", "still there?")).status == 200
    n.wait_conversation("4930111222")
    n.down()
    n.up()
    assert (n.token, n.webhook_token, n.workspace_id) == before
    assert n.conversation("4930111222")


def test_up_makes_a_new_token_when_the_old_one_is_revoked(make_node):
    n = make_node()
    n.down()
    tokens = n.cli("--json", "token", "list", n.workspace_id)
    tokens = tokens["data"] if isinstance(tokens, dict) else tokens
    n.cli("token", "revoke", tokens[0]["id"])
    old = n.token
    n.up()
    assert n.token != old
    assert n.get("/me").status == 200


def test_a_taken_port_is_said():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        n = Node()
        n.port = s.getsockname()[1]
        try:
            done = dev("up", "--dir", n.dir, "--port", n.port, check=False)
            assert done.returncode != 0 and done.stdout == ""
            assert f"port {n.port}" in done.stderr
            assert list(processes_in(n.dir)) == []
        finally:
            n.remove()


def test_a_bad_setting_is_said_and_leaves_nothing():
    n = Node()
    try:
        done = dev("up", "--dir", n.dir, "--port", n.port, check=False,
                   env={"WASPOOL_NO_SUCH_KEY": "1"})
        assert done.returncode != 0 and done.stdout == ""
        assert "WASPOOL_NO_SUCH_KEY" in done.stderr
        assert list(processes_in(n.dir)) == []
    finally:
        n.remove()


@pytest.mark.parametrize("program", SERVICES + ["nginx"])
def test_a_killed_program_is_back_within_a_second(make_node, program):
    n = make_node()
    for _ in range(3):
        pid = n.kill(program)
        if program != "nginx":
            soon(lambda: [p for p in n.pids(program) if p != pid])
        else:
            soon(lambda: int((n.dir / "run" / "nginx.session")
                             .read_text() or 0) not in (0, pid))

        def back():
            try:
                return answers(n) == [400, 405, 200]
            except OSError:
                return False
        soon(back)
    assert n.deliver(text_message("4930333444", "back?")).status == 200
    soon(lambda: n.conversation("4930333444"))


@pytest.mark.parametrize("names", [
    ["webhook-ingest", "multiwatch"], ["actions", "multiwatch"],
    ["multiwatch"], ["waspool-process", "multiwatch"]], ids="+".join)
def test_whoever_is_killed_with_its_supervisor_is_back(make_node, names):
    """As by pkill -f webhook-ingest, which both have in their arguments."""
    n = make_node()
    for pid in [p for name in names for p in n.pids(name)]:
        os.kill(pid, signal.SIGKILL)
    for program in names:
        soon(lambda: n.pids(program))
    soon(lambda: answers(n) == [400, 405, 200])
    assert n.deliver(text_message("4930333445", "back?")).status == 200
    soon(lambda: n.conversation("4930333445"))
    n.down()
    assert list(processes_in(n.dir)) == []


def test_two_hundred_kills_in_quick_succession(make_node):
    n = make_node()
    for _ in range(200):
        n.kill("webhook-ingest")
    soon(lambda: n.request("DELETE", "/api/webhooks/whatsapp").status == 405)
    assert n.deliver(text_message("4930555666", "after all")).status == 200


@pytest.mark.parametrize("name", ["with space", "a;b", "a$b", "a'b"])
def test_a_folder_that_cannot_be_is_refused_before_it_is_made(tmp_path, name):
    done = dev("up", "--dir", tmp_path / name, check=False)
    assert done.returncode == 1
    assert "cannot be DIR" in done.stderr and name in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_dead_program_is_503_and_try_again(make_node):
    n = make_node()
    for program in ("webhook-ingest", "actions"):
        n.give_up(program)
    api = n.get("/conversations")
    assert api.status == 503 and int(api.headers["Retry-After"]) > 0
    assert api.headers["Content-Type"] == "application/problem+json"
    assert api.headers["X-Request-Id"]
    assert api.json["status"] == 503
    webhook = n.deliver("{}")
    assert webhook.status == 503 and int(webhook.headers["Retry-After"]) > 0
    assert webhook.json["type"] == api.json["type"]


def test_a_token_in_the_path_is_in_no_log(make_node):
    n = make_node()
    path = "/api/webhooks/whatsapp/" + n.webhook_token
    assert n.deliver("{}", token="", path=path).status == 200
    n.give_up("webhook-ingest")
    assert n.deliver("{}", token="", path=path).status == 503
    for log in (n.dir / "log").iterdir():
        assert n.webhook_token not in log.read_text(errors="replace"), log


def test_run_shows_the_sample_and_stops():
    n = Node()
    try:
        run = subprocess.Popen(
            ["./dev", "run", "--dir", str(n.dir), "--port", str(n.port)],
            cwd=os.path.dirname(os.path.dirname(os.path.dirname(__file__))),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
            # Ctrl-C is ignored by what a script started with "&".
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        seen = ""
        while "Ctrl-C" not in seen:
            line = run.stdout.readline()
            assert line, run.communicate()[1]
            seen += line
        assert "Sheena Nelson" in seen
        assert "Does it come in another color?" in seen
        assert "window open until 20" in seen
        assert n.port and f"http://127.0.0.1:{n.port}" in seen
        os.killpg(run.pid, signal.SIGINT)
        run.wait(60)
        wait_for(lambda: not list(processes_in(n.dir)))
    finally:
        n.remove()


def test_a_command_that_is_none():
    done = dev("dance", check=False)
    assert done.returncode == 64 and "./dev run" in done.stderr
    assert "./dev test" in dev("help").stdout


@pytest.fixture
def suite(tmp_path):
    """./dev test in a tree of two unit tests and a file of pytest's."""
    tests, build = tmp_path / "tests", tmp_path / "build"
    for folder in (tests / "unit", tests / "e2e", build):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "suite", tests)
    (tests / "compile").write_text("#!/bin/sh\n")
    (tests / "compile").chmod(0o755)
    for name in "xy":
        (tests / "unit" / f"test_{name}.c").touch()
    (tests / "e2e" / "test_z.py").write_text(
        "def test_one(): pass\n\ndef test_two(): pass\n")
    # What runs with an inbox on PostgreSQL, in a build of its own.
    (tmp_path / "dev").write_text("#!/bin/sh\necho '5 passed, 0 failed'\n")
    (tmp_path / "dev").chmod(0o755)
    (build / "Makefile").write_text(
        "TESTS = tests/unit/test_x tests/unit/test_y\n"
        "check:\n\t@echo '# PASS:  $(words $(TESTS))'\n")

    def run(*arguments):
        return subprocess.run(
            [tests / "suite", *arguments], text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=PATIENCE,
            env={"PATH": os.environ["PATH"], "BUILD": str(build)})
    run.tests = tests
    return run


@pytest.mark.parametrize("arguments, passed", [
    ("", 9),
    ("tests/unit/test_x", 1),
    ("tests/unit/test_x.c ./tests/unit/test_y", 2),
    ("tests/unit", 2),
    ("tests/e2e/test_z.py", 2),
    ("tests/unit/test_x tests/e2e/test_z.py", 3),
    ("tests/e2e/test_z.py -k one tests/unit/test_y tests/unit/test_x", 3),
])
def test_all_tests_that_are_named_run(suite, arguments, passed):
    done = suite(*arguments.split())
    assert done.stdout.splitlines()[-1] == f"{passed} passed, 0 failed"
    assert done.returncode == 0


def test_files_are_shuffled_by_a_seed(suite):
    """Tests of a file stay together, as they are; the same seed is the same
    order."""
    e2e = suite.tests / "e2e"
    for name in "abcdefgh":
        (e2e / f"test_{name}.py").write_text(
            "def test_one(): pass\n\ndef test_two(): pass\n")
    for name in "conftest", "rig", "libpq", "d360":
        shutil.copy(ROOT / "tests" / "e2e" / f"{name}.py", e2e)

    def order(*words):
        done = suite(*words, "tests/e2e", "-v")
        assert done.returncode == 0, done.stdout
        return [line.split()[0] for line in done.stdout.splitlines()
                if "::" in line], done.stdout

    usual, _ = order()
    one, said = order("--order", "1")
    assert "--order 1" in said
    assert one != usual and sorted(one) == sorted(usual)
    assert (one, order("--order", "2")[0] != one) == (
        order("--order", "1")[0], True)
    for first, second in zip(one[::2], one[1::2]):
        assert second == first.replace("::test_one", "::test_two")


@pytest.mark.parametrize("arguments, wrong", [
    ("--order x", "--order wants a number"),
    ("tests/unit/test_x -k one", "-k one says which of tests/e2e"),
    ("--valgrind tests/unit/test_x tests/e2e/test_z.py",
     "--valgrind runs unit tests"),
])
def test_a_test_that_would_not_run_is_said(suite, arguments, wrong):
    done = suite(*arguments.split())
    assert done.returncode == 64
    assert wrong in done.stderr
    assert "passed" not in done.stdout
