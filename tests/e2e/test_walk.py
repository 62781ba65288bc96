"""The three walks of src/README.md, beside what the running programs do.

gdb stops the programs at the first entry of each source file (entries.py).  A
walk is what is entered meanwhile; in webhook-ingest and the processor, which also
look after other things then, what is entered while a function of the file, or
the folder, that the walk begins in is on the stack.  base and lib, which are below all, are left out.
What the map says of a walk is the whole truth:

- its numbered files are entered in this order, each for the first time;
- the files that stand behind "Beside" are entered, too, and no others, from the
  first numbered one on; those behind "now and then" may be."""

import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest

from d360 import D360
from post import TEXT
from rig import (NUMBER, ROOT, SANITIZED, Node, new_phone, processes_in,
                 text_message, wait_for)

WALK_MAX = 10       # files of a walk
UNDER_GDB = 300     # seconds; only a failure takes them
BELOW = ("base/", "lib/")

# The programs that a walk passes, and the folder, or the file, that it begins in.
WALKS = {
    # Another thread of it tries a commit now and then.
    "One webhook": [("webhook-ingest", "cgi-bin/webhook-ingest.c"),
                    ("waspool-process", "process/drain/")],
    "One GET": [("actions", "any")],
    "One send": [("actions", "any"), ("waspool-process", "process/send/")],
}
ROOTS = {p: " ".join(sorted({r for walk in WALKS.values()
                             for name, r in walk if name == p}))
         for walk in WALKS.values() for p, _ in walk}


def may_trace():
    """Another process of ours may be looked at."""
    try:
        with open("/proc/sys/kernel/yama/ptrace_scope") as f:
            scope = int(f.read())
    except FileNotFoundError:
        scope = 0
    return scope == 0 or scope < 3 and os.geteuid() == 0


pytestmark = [
    pytest.mark.skipif(SANITIZED, reason="a sanitizer has functions of its own"),
    pytest.mark.skipif(not shutil.which("gdb"), reason="gdb is not here"),
    pytest.mark.skipif(not may_trace(), reason="no process may be traced here"),
]


def functions(program):
    """["OFFSET FILE"] of what PROGRAM has of our sources above base and lib."""
    out = subprocess.run(["nm", "--defined-only", program], check=True,
                         text=True, stdout=subprocess.PIPE).stdout
    at = [m[1] for m in re.finditer(r"^(\w+) [tT] (?!.*\.cold)", out, re.M)]
    out = subprocess.run(["addr2line", "-e", program], input="\n".join(at),
                         check=True, text=True, stdout=subprocess.PIPE).stdout
    found = []
    for offset, line in zip(at, out.splitlines()):
        # What stands before may be another folder's: ccache shares objects.
        m = re.search(r"/((?:src|cgi-bin)/.*\.c):", line)
        name = m[1].removeprefix("src/") if m else BELOW[0]
        if not name.startswith(BELOW):
            found.append(f"{offset} {name}")
    return found


class Watch:
    """gdb in a running program of NODE, which goes on until that ends."""

    def __init__(self, node, program, folder):
        self.pid = next(p for p, name in processes_in(node.dir)
                        if name == program)
        self.out = folder / f"{program}.out"
        entries = folder / f"{program}.entries"
        entries.write_text(
            "\n".join(functions(os.readlink(f"/proc/{self.pid}/exe"))))
        env = {**os.environ, "WALK_ENTRIES": str(entries),
               "WALK_OUT": str(self.out), "WALK_ROOTS": ROOTS[program]}
        with open(folder / f"{program}.log", "w") as log:
            self.gdb = subprocess.Popen(
                ["gdb", "-q", "-nx", "-batch", "-p", str(self.pid), "-x",
                 ROOT / "tests" / "e2e" / "entries.py"],
                cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT)   # its core, if any, is left there

    def walks(self):
        """["ROOT FILE"] of each; the last one goes on."""
        text = self.out.read_text() if self.out.exists() else ""
        return [walk.split("end\n")[0].splitlines()
                for walk in text.split("begin\n")[1:]]

    def next(self):
        """Ends a walk, and the next one has begun: [(root, file)]."""
        n = len(self.walks())
        os.kill(self.pid, signal.SIGWINCH)
        wait_for(lambda: len(self.walks()) > n, UNDER_GDB)
        return [tuple(line.split()) for line in self.walks()[n - 1]]


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """{walk: [files], in the order of first entry}"""
    folder = tmp_path_factory.mktemp("walk")
    with D360() as d360:
        node = Node(d360.env)
        try:
            d360.attach(node.up())
            yield walk_all(node, folder)
        finally:
            node.remove()


def is_up(node):
    try:
        return node.get("/me").status == 200
    except OSError:
        return False


def patient(node):
    """nginx gives a program ten seconds for an answer, which under gdb are few."""
    for part in (node.dir / "nginx").glob("*.conf"):
        part.write_text(re.sub(r"(fastcgi_(?:read|send)_timeout) \d+s",
                               rf"\1 {UNDER_GDB}s", part.read_text()))
    old = node.kill("nginx")
    wait_for(lambda: is_up(node) and old not in node.pids("nginx"))


def talk(node):
    phone = new_phone()
    assert node.deliver(text_message(
        phone, "Does it come in another color?", number=NUMBER)).status == 200
    return node.wait_conversation(phone, UNDER_GDB)


def is_at_rest(pid):
    """Each thread waits for something to come, and gdb has stopped none."""
    return all((task / "stat").read_text().rsplit(")", 1)[1].split()[0] == "S"
               for task in pathlib.Path(f"/proc/{pid}/task").iterdir())


def rest(watches):
    """Waits until what is seen from outside is all that they do: the last
    files are entered after an answer, or a commit."""
    looks = 0

    def still():
        nonlocal looks
        looks = looks + 1 if all(is_at_rest(w.pid) for w in watches) else 0
        return looks >= 10
    wait_for(still, UNDER_GDB)


def walk_all(node, folder):
    patient(node)
    talk(node)
    watches = {p: Watch(node, p, folder) for p in ROOTS}
    for w in watches.values():
        wait_for(w.walks, UNDER_GDB)
    rest(watches.values())
    found = {}

    def enter():
        rest(watches.values())
        return {p: w.next() for p, w in watches.items()}

    def end(walk):
        entered = enter()
        found[walk] = [name for program, root in WALKS[walk]
                       for r, name in entered[program] if r == root]

    c = talk(node)
    end("One webhook")
    # What a thread read for talk() it would still know (session_cache.h).
    assert node.post("/labels", {"name": "green"}).status == 201
    enter()
    node.get("/conversations")
    end("One GET")
    m = node.post(f"/conversations/{c['id']}/messages", TEXT).json
    wait_for(lambda: node.db("SELECT 1 FROM outbox WHERE message_id = ? AND"
                             " state NOT IN ('queued', 'sending')", m["id"]),
             UNDER_GDB)
    end("One send")
    return found


def the_map(walk):
    """(the numbered files, those beside, those beside now and then) of WALK in
    src/README.md."""
    text = (ROOT / "src" / "README.md").read_text().split("## Three walks")[1]
    part = re.search(rf"^{walk}\b.*?(?=^One |^## )", text, re.M | re.S)[0]
    numbered, _, beside = part.partition("Beside")
    beside, _, rare = beside.partition("now and then")
    return (re.findall(r"^\d+\. `([^`]+)`", numbered, re.M),
            *(set(re.findall(r"`([^`]+\.c)`", part))
              for part in (beside, rare)))


@pytest.mark.parametrize("walk", WALKS)
def test_the_map_shows_the_way(walked, walk):
    numbered, beside, rare = the_map(walk)
    entered = walked[walk]
    print("entered:", *entered, sep="\n    ")
    assert [name for name in entered if name in numbered] == numbered
    there = set(entered[entered.index(numbered[0]):]) - set(numbered)
    assert there - beside - rare == set(), "entered, and not named as Beside"
    assert beside - there == set(), "Beside, and not entered any more"
    assert len(numbered) <= WALK_MAX
