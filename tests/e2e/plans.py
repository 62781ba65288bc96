"""Every SQL statement of the sources, and how SQLite means to run it.

What is in the sources is all that the programs can ever prepare: no statement
is made at run time.  SQLite is asked through its own library, since only so it
tells the plans of triggers, too."""

import codecs
import ctypes
import ctypes.util
import os
import pathlib
import re
import shutil
import subprocess

from rig import BUILD, ROOT

# SQL functions that the processor's statements call, and how many arguments
# they have (src/inbox/search/engine/search_define.h).
WORD_FUNCTIONS = {"search_words": 3, "search_names": 2, "search_digits": 2}

TRIGGER_EQP = 1008      # SQLITE_DBCONFIG_TRIGGER_EQP

TOKEN = re.compile(rb"""'(?:\\.|[^'\\])+'|("(?:\\.|[^"\\])*"(?:\s*"(?:\\.|[^"\\])*")*)""")
PIECE = re.compile(rb'"((?:\\.|[^"\\])*)"')
KEYWORDS = set("""SET WHERE ON CROSS JOIN LEFT ORDER GROUP LIMIT AS VALUES UNION
    BEGIN AND SELECT INDEXED DO""".split())
STATEMENT = re.compile(rb"(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|CREATE)\s")


def flags():
    """How make has the compiler find headers."""
    text = (BUILD / "Makefile").read_text()
    return [f for name in ("FCGI", "SQLITE", "YAJL", "CURL", "CRYPTO")
            for f in re.findall(rf"^{name}_CFLAGS = (.*)$", text, re.M)
            for f in f.split()] + [f"-I{ROOT}/src", f"-I{BUILD}"]


def preprocessed(paths):
    """[(path, text)], macros put in.  One run of the compiler for all: most of
    it is the headers, which it then reads once.  A macro of a .c file ends
    with it."""
    lines = []
    for path in paths:
        lines += [f'waspool_file "{path}"', f'#include "{path}"']
        lines += [f"#undef {name}" for name in re.findall(
            r"^#\s*define\s+(\w+)", path.read_text(), re.M)]
    done = subprocess.run(
        [shutil.which("cc"), "-E", "-P", "-w", "-D_GNU_SOURCE", *flags(),
         "-x", "c", "-"], input="\n".join(lines + [""]).encode(), check=True,
        stdout=subprocess.PIPE).stdout
    parts = re.split(rb'waspool_file "([^"]*)"', done)
    return [(pathlib.Path(name.decode()), text)
            for name, text in zip(parts[1::2], parts[2::2])]


def literals(paths):
    """(path, SQL) in C files, macros and neighbouring constants put together."""
    for path, text in preprocessed(paths):
        for token in TOKEN.finditer(text):
            pieces = PIECE.findall(token[1] or b"")
            # The first word may be a piece of its own, before a macro.
            if STATEMENT.match(b"".join(pieces)):
                yield path, b"".join(codecs.escape_decode(p)[0]
                                     for p in pieces).decode()


def sources():
    """Those whose SQL SQLite is told."""
    for folder in ("src", "cgi-bin"):
        for path in sorted((ROOT / folder).rglob("*.c")):
            if "lib/sql/pgsql" not in str(path) and path.stem[-6:] != "_pgsql" and re.search(
                    r'"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH)\b',
                    path.read_text()):
                yield path


def statements():
    """(file, SQL) of each, once."""
    seen = {}
    for path, text in literals(sources()):
        # One is for strncmp(); a script is not prepared.
        if text != "SELECT " and not text.startswith("CREATE"):
            seen.setdefault(text, path.relative_to(ROOT))
    return [(path, text) for text, path in seen.items()]


def aliases(sql, tables):
    """Which of TABLES each name may mean that a plan shows."""
    names = {}
    for table, alias in re.findall(
            r"\b(?:FROM|JOIN|UPDATE|INTO|,)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?", sql):
        if table not in tables:
            continue
        names.setdefault(table, set()).add(table)
        if alias and alias not in KEYWORDS:
            names.setdefault(alias, set()).add(table)
    # Of a subquery in parentheses: it reads what it reads, in its own lines.
    for alias in re.findall(r"\)\s+AS\s+(\w+)", sql):
        names.setdefault(alias, set())
    for alias in re.findall(r"\bWITH (?:RECURSIVE )?(\w+)", sql):
        names[alias] = set()
    return names


def scripts():
    """What a member's connection begins with: views and their triggers."""
    yield (ROOT / "schema/sqlite/session.sql").read_text()


class Sqlite:
    """A connection, through the library that the programs use."""

    lib = ctypes.CDLL(ctypes.util.find_library("sqlite3"))
    lib.sqlite3_errmsg.restype = ctypes.c_char_p
    lib.sqlite3_libversion.restype = ctypes.c_char_p
    lib.sqlite3_column_text.restype = ctypes.c_char_p
    lib.sqlite3_column_text.argtypes = [ctypes.c_void_p, ctypes.c_int]
    for name in ("step", "finalize"):
        getattr(lib, "sqlite3_" + name).argtypes = [ctypes.c_void_p]

    version = lib.sqlite3_libversion().decode()

    FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int,
                                ctypes.c_void_p)
    answer = FUNCTION(lambda *_: None)

    def __init__(self, path):
        self.db = ctypes.c_void_p()
        self.lib.sqlite3_open(os.fsencode(path), ctypes.byref(self.db))
        self.lib.sqlite3_db_config(self.db, TRIGGER_EQP, 1, None)
        for name, n in {"my_workspace": 0, "my_user": 0, "my_token": 0,
                        "my_made": 0, "my_missing": 1,
                        **WORD_FUNCTIONS}.items():
            self.lib.sqlite3_create_function_v2(
                self.db, name.encode(), n, 1, None, self.answer, None, None,
                None)

    def run(self, sql):
        if self.lib.sqlite3_exec(self.db, sql.encode(), None, None, None):
            raise ValueError(self.lib.sqlite3_errmsg(self.db).decode())

    def plan(self, sql):
        """The lines of EXPLAIN QUERY PLAN, those of triggers with them;
        None: it does not fit this schema."""
        stmt = ctypes.c_void_p()
        if self.lib.sqlite3_prepare_v2(
                self.db, b"EXPLAIN QUERY PLAN " + sql.encode(), -1,
                ctypes.byref(stmt), None):
            return None
        lines = []
        while self.lib.sqlite3_step(stmt) == 100:
            lines.append(self.lib.sqlite3_column_text(stmt, 3).decode())
        self.lib.sqlite3_finalize(stmt)
        return lines
