"""What the tree promises: rooms, READMEs, libraries, the privilege table."""

import collections
import functools
import pathlib
import re
import subprocess

import pytest

from rig import BUILD, ROOT

# From the ground up: a room includes from itself and from floors below its own,
# never from its neighbours.
FLOORS = """
base/net
base
base/service
lib/digest lib/json lib/sql lib/fcgi lib/http lib/gzip lib/unicode lib/password lib/zone lib/sql/sqlite/system
lib/sql/sqlite lib/sql/pgsql
whatsapp/preview
whatsapp spool inbox
whatsapp/compose/field
whatsapp/compose whatsapp/template whatsapp/provider session inbox/words
inbox/audit inbox/search/engine
inbox/workspace inbox/template inbox/canned_reply inbox/media inbox/search
inbox/contact inbox/account inbox/own inbox/own_group inbox/hours inbox/webhook
inbox/contact/files inbox/mark
inbox/conversation inbox/message/page
inbox/message inbox/conversation/list
inbox/customer
inbox/outbox inbox/erasure inbox/report
inbox/node inbox/broadcast
inbox/job
api process/drain process/send process/retain
api/list
api/account api/file api/object process/download
api/resource/broadcast api/resource/contact api/resource/own api/resource/group api/resource/template api/resource/report api/resource/webhook api/resource/triage api/sign_in
api/resource process/erase
api/realtime process
cli dispatch
cli/workspace cli/message cli/conversation cli/contact cli/node cli/doctor
cli/backup cli/move cli/setup cli/doctor/check cgi-bin
"""
FLOOR = {room: n for n, line in enumerate(FLOORS.splitlines())
         for room in line.split()}

# Whole houses that have nothing to do with each other, above and below.
NEVER = {("api", "process"), ("process", "api"), ("cli", "api"),
         ("api", "spool"), ("spool", "whatsapp"), ("whatsapp", "spool"),
         ("session", "whatsapp"), ("process", "session"),
         ("cgi-bin", "process"), ("cgi-bin", "cli"),
         ("dispatch", "process"), ("dispatch", "spool"),
         ("cgi-bin", "dispatch")}

MODULES_MAX = 14        # about a dozen

# Circles of modules within a room that are there yet, a line each: what a module
# includes or calls comes back to it.  The list only shrinks: a circle that is
# none any more, or is smaller, leaves it.
NOT_YET = """
"""

# The programs that hold the tables of what stands above them.
ON_TOP = {"cli/waspool", "lib/sql/db_open"}

# A static name tells a debugger where it is: in three files at the most.
STATIC_FILES_MAX = 3

# The field's word for it, and the file that whoever greps for it should find.
TERMS = {
    "thread pool": "src/lib/fcgi/connection.c",
    "event loop": "src/lib/fcgi/connection.c",
    "connection pool": "src/api/realtime/connection_pool.h",
    "long poll": "src/api/realtime/realtime_changes.c",
    "keyset pagination": "src/api/cursor.h",
    "idempotency": "src/api/idempotency.h",
    "token bucket": "src/process/send/rate_limit.h",
    "rate limit": "src/process/send/rate_limit.h",
    "dead letter": "src/inbox/node/delivery_state.h",
    "authorizer": "src/session/session_authorizer.c",
    "retention": "src/process/retain/retain.h",
    "content-addressed": "src/inbox/media/blob.h",
}
TERM_FILES_MAX = 15     # more hits are no answer

# What only tests ask for: statements of their own, and that a transaction which
# is too large ends the program.
FOR_TESTS = {"sqlite_try", "db_strict", "spool_put"}

SAME_LINES = 12         # that no two places share

# Who may include a foreign library's headers: its door.
FOREIGN = {
    r"fcgi\w*\.h|fastcgi\.h": "src/lib/fcgi/",
    r"yajl/.*": "src/lib/json/",
    r"curl/.*": "src/lib/http/",
    r"sqlite3.*\.h": "src/lib/sql/",
    r"openssl/.*": "src/lib/digest/",
    r"libpq-fe\.h": "src/lib/sql/pgsql/",
    r"zlib\.h": "src/lib/gzip/",
    r"utf8proc\.h": "src/lib/unicode/",
    r"glib\.h": "src/lib/zone/",
    r"crypt\.h": "src/lib/password/",
}

# Who really means SQLite, and not just a database.
SQLITE_USERS = {
    "src/cli/backup/cmd_backup.c", "src/cli/backup/restore_check.c",
    "src/cli/backup/restore_spool.c",
    "src/cli/doctor/check/doctor_databases.c",
    "src/cli/move/move_target_sqlite.c",            # no triggers
    "src/inbox/search/engine/search_define.c",     # SQL functions
    "src/process/run_loop.c", "src/process/waspool-process.c",  # checkpoints
    "src/session/session_sqlite.c", "src/session/session_authorizer.c",
    "src/spool/spool_move.c", "src/spool/spool_open.c",
    "src/spool/spool_put.c", "src/spool/spool_rewrite.c",
}

# cgi-bin/README.md, "What each program may touch": the libraries beside libc.
LIBRARIES = {
    "libexec/waspool/webhook-verify": {"libfcgi"},
    "libexec/waspool/webhook-ingest": {"libfcgi", "libsqlite3", "libcrypto"},
    "libexec/waspool/actions":
        {"libfcgi", "libsqlite3", "libpq", "libyajl", "libcrypto",
         "libutf8proc", "libglib"},
    "libexec/waspool/realtime":
        {"libfcgi", "libsqlite3", "libpq", "libyajl", "libcrypto"},
    "libexec/waspool/sign-in":
        {"libfcgi", "libsqlite3", "libpq", "libyajl", "libcrypto",
         "libutf8proc", "libcrypt"},
    "bin/waspool-process":
        {"libsqlite3", "libpq", "libyajl", "libcrypto", "libcurl",
         "libutf8proc", "libz", "libglib"},
    "bin/waspool-dispatch":
        {"libsqlite3", "libpq", "libyajl", "libcrypto", "libcurl", "libfcgi"},
    "bin/waspool":
        {"libsqlite3", "libpq", "libyajl", "libcrypto", "libcurl",
         "libutf8proc", "libz", "libglib"},
}
ALWAYS = {"libc", "libm", "libpthread", "ld-linux-x86-64", "ld-linux-aarch64",
          "libgcc_s"}


def sources():
    for folder in ("src", "cgi-bin"):
        yield from sorted(p for p in (ROOT / folder).rglob("*.[ch]"))


def room(path):
    """src/inbox/media/blob.c is in inbox/media, cgi-bin/ready.c in cgi-bin."""
    folder = path.relative_to(ROOT).parent
    return str(folder).removeprefix("src/")


def room_of(folder):
    return str(folder.relative_to(ROOT)).removeprefix("src/")


def includes(path):
    return re.findall(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]',
                      path.read_text(), re.M)


def resolve(path, name):
    for base in (ROOT / "src", path.parent, ROOT):
        if (base / name).is_file():
            return (base / name).resolve()
    return None


def test_includes_point_down():
    bad = []
    for path in sources():
        here, where = room(path), str(path.relative_to(ROOT))
        for quote, name in includes(path):
            if name.startswith("schema/"):  # made of it by make
                continue
            target = resolve(path, name) if quote == '"' else None
            if quote == '"' and target is None:
                bad.append(f"{where}: {name} is not in the tree")
            if target is None or room(target) == here:
                continue
            there = room(target)
            houses = here.split("/")[0], there.split("/")[0]
            if FLOOR[there] >= FLOOR[here] or houses in NEVER:
                bad.append(f"{where} includes {name}")
    assert bad == []


def module(path):
    """src/inbox/media/blob.c and blob.h are inbox/media/blob."""
    return f"{room(path)}/{path.stem}"


def source(name):
    """Its .c file."""
    path = f"{name}.c"
    return ROOT / path if path.startswith("cgi-bin/") else ROOT / "src" / path


def circles(graph):
    """The strongly connected parts of more than one module (Tarjan)."""
    found, stack, index, low = [], [], {}, {}

    def visit(a):
        index[a] = low[a] = len(index)
        stack.append(a)
        for b in graph.get(a, ()):
            if b not in index:
                visit(b)
                low[a] = min(low[a], low[b])
            elif b in stack:
                low[a] = min(low[a], index[b])
        if low[a] == index[a]:
            part = set(stack[stack.index(a):])
            del stack[stack.index(a):]
            if len(part) > 1:
                found.append(part)

    for a in list(graph):
        if a not in index:
            visit(a)
    return found


@functools.cache
def inclusions():
    """Module: the modules whose headers it includes."""
    graph = collections.defaultdict(set)
    for path in sources():
        for quote, name in includes(path):
            target = resolve(path, name) if quote == '"' else None
            if target is not None and module(target) != module(path):
                graph[module(path)].add(module(target))
    return graph


@functools.cache
def symbols():
    """({exported name: its module}, [(module, name that it uses)])"""
    modules = {module(p) for p in sources() if p.suffix == ".c"}
    objects = {}
    for path in [*(BUILD / "src").rglob("*.o"), *BUILD.glob("cgi-bin/*.o")]:
        folder = path.parent.relative_to(BUILD)
        stem = re.sub(r"^\w+-(?=\w)", "", path.stem)
        for name in {path.stem, stem}:
            m = f"{folder}/{name}".removeprefix("src/")
            if m in modules:    # else of a source that is gone
                objects[str(path)] = m
    if not objects:
        pytest.skip("nothing is built here")
    out = subprocess.run(["nm", "-A", *objects], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    defines, uses = {}, []
    for line in out.splitlines():
        where, rest = line.split(":", 1)
        kind, name = rest.split()[-2:]
        if kind in "TDBRGS":
            defines[name] = objects[where]
        elif kind == "U":
            uses.append((objects[where], name))
    return defines, uses


@functools.cache
def calls():
    """Module: {module: names}, as the objects of the build say."""
    defines, uses = symbols()
    graph = collections.defaultdict(lambda: collections.defaultdict(set))
    for m, name in uses:
        if defines.get(name, m) != m:
            graph[m][defines[name]].add(name)
    return graph


def test_no_circles_within_a_room():
    known = [set(line.split()) for line in NOT_YET.strip().splitlines()]
    found = circles(inclusions()) + circles(calls())
    new = [" ".join(sorted(c)) for c in found
           if not any(c <= k for k in known)]
    assert new == [], "circles"
    stale = [" ".join(sorted(k)) for k in known
             if set().union(*(c for c in found if c <= k)) != k]
    assert stale == [], "in NOT_YET, and smaller or none by now: well done"


def test_calls_point_down():
    """A prototype in a lower header that a higher room implements is an arrow
    up, too."""
    bad = [f"{a} -> {b}: {' '.join(sorted(names))}"
           for a, there in calls().items() for b, names in there.items()
           if FLOOR[b.rsplit("/", 1)[0]] > FLOOR[a.rsplit("/", 1)[0]]
           and a not in ON_TOP]
    assert bad == []


def test_no_program_is_without_what_tests_use():
    """What a module exports is used by another one, or by itself; else it is
    shown to work, and nothing works by it."""
    defines, uses = symbols()
    used = {name for _, name in uses}
    alone = {name for name, m in defines.items() if name not in used and len(
        re.findall(rf"\b{name}\b", bare(source(m).read_text()))) < 2}
    assert alone == FOR_TESTS | {"main"}


def bare(text):
    """C without its comments, strings empty."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"',
                  lambda m: '""' if m[0][0] == '"' else " " +
                  "\n" * m[0].count("\n"), text, flags=re.S)


def places(pattern, suffix=(".c", ".h")):
    """What PATTERN's group names: the files that it stands in."""
    found = collections.defaultdict(set)
    for path in sources():
        if path.suffix in suffix:
            for m in re.finditer(pattern, bare(path.read_text()), re.M):
                found[m[1]].add(str(path.relative_to(ROOT)))
    return found


def test_no_two_files_of_one_name():
    names = collections.Counter(p.name for p in sources())
    assert [n for n, times in names.items() if times > 1] == []


def test_no_two_structs_of_one_name():
    found = places(r"^(?:static\s+const\s+|static\s+)?"
                   r"(?:struct|enum|union)\s+(\w+)\s*\{")
    assert {n: f for n, f in found.items() if len(f) > 1} == {}


def test_no_static_name_in_many_files():
    found = places(r"^static\s[^;=(]*?\n?\*?(\w+)\(", (".c",))
    for name, files in places(r"^static\s[^;\n(=]*?\b(\w+)\s*"
                              r"(?:\[[^\n=;]*\])*\s*(?:=|;)",
                              (".c",)).items():
        found[name] |= files
    many = {n: f for n, f in found.items() if len(f) > STATIC_FILES_MAX}
    assert many == {}


@pytest.mark.parametrize("term", TERMS)
def test_a_word_of_the_field_finds_its_file(term):
    """As somebody new greps: with a blank, a hyphen or an underscore, and
    where a comment's line ends."""
    pattern = re.compile(r"[\s*_-]{0,5}".join(re.split(r"[ -]", term)), re.I)
    hits = [str(p.relative_to(ROOT)) for p in sources()
            if pattern.search(p.read_text())]
    assert TERMS[term] in hits
    assert len(hits) <= TERM_FILES_MAX or any(
        pattern.search(pathlib.Path(h).name) for h in hits)


def test_no_two_places_share_a_dozen_lines():
    """Comments, includes and blank lines do not count."""
    seen, same = {}, set()
    for path in [*sources(), *sorted((ROOT / "nginx").glob("*.in"))]:
        text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"),
                      path.read_text(), flags=re.S)
        lines = [(n, line.strip()) for n, line in
                 enumerate(text.splitlines(), 1)
                 if line.strip() and
                 not line.lstrip().startswith(("#include", "# "))]
        name = str(path.relative_to(ROOT))
        for i in range(len(lines) - SAME_LINES + 1):
            key = tuple(line for _, line in lines[i:i + SAME_LINES])
            first = seen.setdefault(key, (name, lines[i][0]))
            if first != (name, lines[i][0]):
                same.add("%s:%d and %s:%d" % (*first, name, lines[i][0]))
    assert same == set()


def test_every_file_stands_in_a_room():
    assert [p for p in sources() if room(p) not in FLOOR] == []


def test_a_room_has_about_a_dozen_modules():
    rooms = {}
    for path in sources():
        rooms.setdefault(room(path), set()).add(path.stem)
    assert {r: len(m) for r, m in rooms.items() if len(m) > MODULES_MAX} == {}
    assert set(rooms) == set(FLOOR)


def test_no_wait_is_by_the_clock_of_the_day():
    """It may be set back, and then the wait would take as much longer."""
    waits = r"CLOCK_REALTIME|pthread_timedjoin_np|sem_timedwait|_timedlock\b"
    assert {p.name for p in sources() if re.search(waits, p.read_text())} == \
        {"clock.c"}
    # What has a condition variable with a time makes it there.
    assert {p.name for p in sources()
            if "pthread_cond_timedwait" in p.read_text()
            and "clock_cond_init" not in p.read_text()} == set()


def test_a_sessions_handle_stays_with_its_statements():
    """All others have a struct session, which no module takes that sees
    everything."""
    own = ("src/session/", "src/inbox/", "src/api/idempotency_key.c")
    assert [str(p.relative_to(ROOT)) for p in sources()
            if ('"', "session/session_db.h") in includes(p)
            and not str(p.relative_to(ROOT)).startswith(own)] == []


def test_a_session_is_sealed_where_it_is_opened():
    """No program leaves it open to statements that are not its own."""
    for path in sources():
        text = bare(path.read_text())
        if room(path) != "session" and "session_open(" in text:
            assert text.count("session_open(") == text.count(
                "session_seal"), path


def test_my_is_the_members():
    """The authorizer knows views and triggers by their first three letters."""
    made = r"^CREATE (?:TEMP )?(?:VIRTUAL )?(?:TABLE|VIEW|TRIGGER) (\w+)"
    schema = [p for p in (ROOT / "schema" / "sqlite").rglob("*.sql")]
    ours = {p.name: re.findall(made, p.read_text(), re.M) for p in schema}
    assert [n for n in ours.pop("session.sql") if not n.startswith("my_")] == []
    assert [n for names in ours.values() for n in names
            if n.lower().startswith("my_")] == []
    assert len(ours["inbox.sql"]) > 50
    # Of the other engine two files have them, and rights go by that.
    assert {p.name for p in (ROOT / "schema" / "pgsql").glob("*.sql")
            if re.search(made[:-5] + "my_", p.read_text(), re.M)} == {
                "members.sql", "doors.sql"}


def test_foreign_headers_are_included_by_their_door():
    bad = []
    for path in sources():
        for _, name in includes(path):
            for pattern, door in FOREIGN.items():
                where = str(path.relative_to(ROOT))
                if re.fullmatch(pattern, name) and not where.startswith(door):
                    bad.append(f"{where} includes {name}")
    assert bad == []


def test_only_few_mean_sqlite():
    """Everybody else has db.h, and no driver's own header."""
    users = {str(p.relative_to(ROOT)) for p in sources()
             if not str(p.relative_to(ROOT)).startswith("src/lib/sql/")
             and any(n in ("lib/sql/sqlite.h", "lib/sql/driver.h")
                     or n.startswith("lib/sql/sqlite/")
                     for _, n in includes(p))}
    assert users == SQLITE_USERS


FOLDERS = sorted({p.parent for p in sources()} | {ROOT / "src" / "lib"})


def dead_names(readme):
    """What a README names that is not in the tree: x.c and a/b.c, here, in src
    or from the root."""
    here, text = readme.parent, readme.read_text()
    names = re.findall(r"(?<![\w.*/…{-])(?:[\w.-]+/)*[\w-]+\.[ch](?!\w)", text)
    return sorted({n for n in names if n == n.lower() and not any(
        (base / n).exists() for base in (here, ROOT / "src", ROOT, here.parent))})


@pytest.mark.parametrize("folder", FOLDERS, ids=room_of)
def test_each_folder_names_its_modules(folder):
    """README.md: what is here, in the order in which things pass, and no more."""
    readme = folder / "README.md"
    text = readme.read_text()
    here = {p.name for p in folder.glob("*.[ch]")}
    modules = {n for n in here if n.endswith(".c") or n[:-1] + "c" not in here}
    assert {n for n in modules if f"- `{n}` — " not in text} == set()
    assert dead_names(readme) == []
    assert text.startswith(f"# {folder.relative_to(ROOT)}\n")
    assert 10 <= len(text.splitlines()) <= 45


def test_each_source_begins_with_a_comment():
    """What it does, for whom, what it relies on."""
    assert [str(p) for p in sources() if p.suffix == ".c"
            and not p.read_text().startswith("/*")] == []


def test_each_header_is_guarded_by_its_path():
    """Two headers of one guard would be one."""
    def guard(path):
        name = str(path.relative_to(ROOT)).removeprefix("src/")
        return re.sub(r"[/.-]", "_", name).upper()

    assert [str(p) for p in sources() if p.suffix == ".h"
            and f"\n#ifndef {guard(p)}\n#define {guard(p)}\n"
            not in "\n" + p.read_text()] == []


def test_the_map_names_every_folder():
    the_map = ROOT / "src" / "README.md"
    text = the_map.read_text()
    rows = "".join(re.findall(r"^\| `.*$", text, re.M))
    assert {r for r in FLOOR if f"`{r}`" not in rows.replace("../", "")} == set()
    assert dead_names(the_map) == []


def test_what_has_no_test_of_its_name_says_where_it_is_tested():
    """Resources of the API, and verbs of the command line."""
    text = (ROOT / "tests" / "README.md").read_text()
    text = text.split("## Where is")[1]
    what = " ".join(re.findall(r"^\| (.*?) \|", text, re.M))
    names = {p.stem.removesuffix("_upload") for p in sources()
             if p.suffix == ".c" and p.parent.name in ("resource", "file")}
    names |= {p.stem.removeprefix("cmd_").replace("_", " ") for p in sources()
              if p.stem.startswith("cmd_")}
    tested = {p.stem.removeprefix("test_")
              for suite, suffix in (("unit", "c"), ("e2e", "py"))
              for p in (ROOT / "tests" / suite).glob(f"test_*.{suffix}")}
    assert {n for n in names - tested if not re.search(rf"\b{n}\b", what)} == set()
    for where in re.findall(r"`((?:unit/|e2e/|)test_[\w*]+\.(?:c|py))`", text):
        assert list((ROOT / "tests").glob(f"*/{where.split('/')[-1]}")), where


def test_each_folder_of_tests_says_what_is_in_it():
    folders = [p for p in (ROOT / "tests").iterdir()
               if p.is_dir() and p.name[0] not in "._"]
    above = (ROOT / "tests" / "README.md").read_text()
    for folder in folders:
        text = (folder / "README.md").read_text()
        assert f"`{folder.name}`" in above, folder
        assert dead_names(folder / "README.md") == [], folder
        if folder.name in ("deploy", "e2e", "prism", "sanitize", "unit"):
            helpers = {p.name for p in folder.iterdir() if p.is_file()
                       and not p.name.startswith("test_") and p.suffix != ".am"}
            mine = {p[:-2] + ".c" for p in helpers if p.endswith(".h")}
            assert {n for n in helpers - mine - {"README.md"}
                    if f"`{n}`" not in text} == set(), folder


def test_every_readme_is_in_the_archive():
    """make dist takes those that Makefile.am names, and whole folders."""
    text = (ROOT / "Makefile.am").read_text()
    named = set(text[text.index("\nreadmes ="):].split())
    readmes = {str(p.relative_to(ROOT)) for top in ("src", "cgi-bin", "tests")
               for p in (ROOT / top).rglob("README.md")
               if "/." not in str(p.relative_to(ROOT))}  # pytest's own
    assert {r for r in readmes if r not in named
            and str(pathlib.PurePath(r).parent) not in named} == set()
    assert "STYLE.md" in named


def test_every_source_is_built():
    makefile = (ROOT / "Makefile.am").read_text()
    missing = [str(p.relative_to(ROOT)) for p in sources()
               if str(p.relative_to(ROOT)) not in makefile]
    missing += [str(p.relative_to(ROOT)) for p in
                sorted((ROOT / "tests" / "unit").glob("test_*.c"))
                if str(p.relative_to(ROOT))[:-2] not in makefile]
    assert missing == [], "not in Makefile.am"


@pytest.mark.parametrize("program", LIBRARIES)
def test_linked_libraries(node, program):
    """A row of the privilege table does not widen by itself."""
    binary = pathlib.Path(node.bin).parent / program
    out = subprocess.run(["readelf", "-d", binary], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    needed = {re.sub(r"(-[\d.]+)?\.so.*", "", lib)
              for lib in re.findall(r"\(NEEDED\).*\[(.*)\]", out)}
    if BUILD != ROOT / "build":     # a sanitizer brings its own
        needed = {lib for lib in needed if not lib.endswith("san")} - {"libm"}
    assert needed - ALWAYS <= LIBRARIES[program]


@pytest.mark.parametrize("program", LIBRARIES)
def test_hardened(node, program):
    binary = pathlib.Path(node.bin).parent / program
    out = subprocess.run(["readelf", "-W", "-h", "-d", "-l", binary],
                         check=True, text=True, stdout=subprocess.PIPE).stdout
    assert "DYN" in out and "GNU_RELRO" in out
    assert re.search(r"FLAGS_1.*NOW.*PIE", out)


def argument_list(text, at):
    """The arguments of the call or table whose bracket is at AT."""
    depth, start, found, quoted = 0, at + 1, [], None
    for i in range(at, len(text)):
        c = text[i]
        if quoted:
            if c == quoted and text[i - 1] != "\\":
                quoted = None
        elif c in "\"'":
            quoted = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if depth == 0:
                return [*found, text[start:i]], i
        elif c == "," and depth == 1:
            found.append(text[start:i])
            start = i + 1
    raise AssertionError(text[at:at + 80])


def parameters(sql, macros, seen=()):
    """The n of all $n of a statement, those in its macros too."""
    n = set(map(int, re.findall(r"\$(\d+)", sql)))
    for word in set(re.findall(r"\b[A-Z][A-Z0-9_]+\b",
                               re.sub(r'"(?:[^"\\]|\\.)*"', "", sql))):
        if word in macros and word not in seen:
            n |= parameters(macros[word], macros, (*seen, word))
    return n


def test_statements_get_as_many_arguments_as_they_take():
    """Those that no test runs too: a program ends when they differ."""
    texts = {p: re.sub(r"/\*.*?\*/", "", p.read_text(), flags=re.S)
             for p in [*(ROOT / "src").rglob("*.[ch]"),
                       *(ROOT / "cgi-bin").glob("*.c")]}
    define = re.compile(r"^#define[ \t]+(\w+)(?:\([^)]*\))?"
                        r"((?:[^\n]*\\\n)*[^\n]*)", re.M)
    everywhere = {m[1]: m[2] for p, t in texts.items() if p.suffix == ".h"
                  for m in define.finditer(t)}
    looked_at, wrong = 0, []
    for path, text in texts.items():
        macros = everywhere | {m[1]: m[2] for m in define.finditer(text)}
        takes = {}
        for table in re.finditer(r"\*const \w+\[\w*\] = \{", text):
            for entry in argument_list(text, table.end() - 1)[0]:
                if m := re.match(r"\s*\[(\w+)\]\s*=(.*)", entry, re.S):
                    takes[m[1]] = parameters(m[2], macros)
        for m in re.finditer(r"sql\[(\w+)\],\s*(DB_(?:SHARED_)?ARGS\(|DB_NONE)",
                             text):
            if m[1] not in takes:
                continue
            n = 0 if m[2] == "DB_NONE" else len(
                argument_list(text, m.end() - 1)[0])
            there, looked_at = takes[m[1]], looked_at + 1
            if "SHARED" in m[2]:
                fits = max(there, default=0) <= n
            else:
                fits = there == set(range(1, n + 1))
            if not fits:
                wrong.append((path.name, m[1], sorted(there), n))
    assert not wrong
    assert looked_at > 200


# Where a program's lists are prepared.
LISTS = {
    "cgi-bin/webhook-ingest": ("src/spool/",),
    "cgi-bin/actions": ("cgi-bin/actions.c",),
    "cgi-bin/realtime": ("cgi-bin/realtime.c",),
    "cgi-bin/sign-in": ("src/api/sign_in/",),
    "src/process/waspool-process": ("src/process/", "src/spool/",
                                    "src/inbox/broadcast/"),
    "src/dispatch/waspool-dispatch": ("src/dispatch/",),
    "src/cli/waspool": ("src/cli/", "src/spool/"),
}


@functools.cache
def statement_lists():
    """x_statements: (file, whether it has SQL of its own, its "also")."""
    found, macros = {}, {}
    for path in sources():
        macros |= re.findall(r"^#define (\w+)\(.*?\)((?:.*\\\n)*.*)",
                             bare(path.read_text()), re.M)
    for path in sources():
        for m in re.finditer(
                r"^(static )?const struct statements (\w+) = \{(.*?)\};",
                bare(path.read_text()), re.M | re.S):
            also = re.findall(r"&(\w+)", m[3])
            assert len(also) == len(set(also)), f"{m[2]} names one twice"
            for name in re.findall(r"\b([A-Z_]+)\(", m[3]):
                also += re.findall(r"&(\w+_statements)", macros[name])
            name = f"{path.stem}:{m[2]}" if m[1] else m[2]
            found[name] = path, ".sql" in m[3], also
    return found


def reached(names, stem=None):
    """These lists, and all that they reach."""
    lists, seen = statement_lists(), set()
    todo = [(n, stem) for n in names]
    while todo:
        name, of = todo.pop()
        name = f"{of}:{name}" if f"{of}:{name}" in lists else name
        if name not in seen:
            seen.add(name)
            path, _, also = lists[name]
            todo += [(n, path.stem) for n in also]
    return seen


def test_each_table_of_statements_is_of_a_list():
    """So that nobody has to prepare it alone; who opens a database has SQL for
    that handle only."""
    opens = {"sqlite_sequence.c", "sqlite_transaction.c", "session_sqlite.c",
             "session_pgsql.c",
             "spool_open.c", "spool_put.c", "pgsql_sequence.c",
             "doctor_pgsql.c"}
    listed = {path for path, own, _ in statement_lists().values() if own}
    tables = {p for p in sources() if p.suffix == ".c" and re.search(
        r"^static const char \*const \w*sql\[", p.read_text(), re.M)}
    assert {p.name for p in tables - listed} == opens
    assert listed <= tables


@pytest.mark.parametrize("program", LISTS)
def test_a_program_prepares_all_that_it_links(program):
    """What a list forgets would be prepared when it first runs, or, on a
    sealed connection, refused."""
    out = subprocess.run(["nm", BUILD / program], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    lists = statement_lists()
    linked = {n for n in re.findall(r" [A-Z] (\w+_statements)$", out, re.M)
              if lists[n][1]}
    there = set()
    for path in sources():
        if str(path.relative_to(ROOT)).startswith(LISTS[program]):
            there |= reached(re.findall(
                r"(?:prepare_(?:all|readers)|seal(?:_reader)?|pool_open)\([^;]*?&(\w+_statements)",
                bare(path.read_text())), path.stem)
    assert linked - there == set()
    assert linked


def test_each_table_has_its_bound_in_the_manual():
    """waspool.conf(5), "What bounds what": none is missing, but for those that
    only people fill, and none is made up."""
    made = set()
    schema = (ROOT / "schema/sqlite/inbox.sql").read_text()
    itself = set(re.findall(r"^\tINSERT (?:OR \w+ )?INTO (\w+)", schema, re.M))
    processed = set()
    for path in (*(ROOT / "src/process").rglob("*.c"),
                 *(ROOT / "src/inbox/node").glob("*.c"),
                 *(ROOT / "src/inbox/message").glob("*.c"),
                 *(ROOT / "src/inbox/customer").glob("*.c"),
                 *(ROOT / "src/inbox/media").glob("*.c")):
        processed |= set(re.findall(r"INSERT INTO (\w+)", path.read_text()))
    for name in ("inbox.sql", "spool.sql"):
        made |= set(re.findall(r"^CREATE (?:VIRTUAL )?TABLE (\w+)",
                               (ROOT / "schema/sqlite" / name).read_text(),
                               re.M))
    page = (ROOT / "man" / "waspool.conf.5").read_text()
    part = page.split(".Ss What bounds what")[1].split("\n.El")[0]
    rows = re.findall(r"^\.It (\w+) Ta (\S.*) Ta (\S.*)$", part, re.M)
    named = {name for name, _, _ in rows}
    assert named <= made and len(rows) == len(named)
    assert (made - named) & (itself | processed) == set()


def test_a_provider_is_named_in_its_room_only():
    """All others go through struct provider."""
    own = ROOT / "src" / "whatsapp" / "provider"
    named = [str(p.relative_to(ROOT)) for p in sources()
             if own not in p.parents
             and re.search(r"\bd360(_|\.h|\b)", p.read_text(), re.I)]
    assert named == []
