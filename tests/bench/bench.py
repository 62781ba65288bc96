#!/usr/bin/python3
"""Measures waspool beside the limit, in one run: ./dev bench --help."""

import argparse
import importlib
import pathlib
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]
sys.dont_write_bytecode = True

import row as table  # noqa: E402
from stand import Bench  # noqa: E402

# row_NAME.py, in the order of the table: what only reads the large inbox comes
# before what writes into it.  Others come after, by name.
ORDER = ["ingest", "endtoend", "offered", "slow_flush", "drain", "visible", "reads",
         "pages", "search", "engines", "drain_full", "mark_read", "longest_wait",
         "memory", "instructions", "disk"]


def all_rows():
    names = [p.stem.removeprefix("row_") for p in HERE.glob("row_*.py")]
    names.sort(key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER),
                              n))
    return [(n, r) for n in names
            for r in importlib.import_module("row_" + n).ROWS]


def chosen(asked, mode):
    """The rows that were asked for: by name, or all of a module."""
    rows = all_rows()
    known = {n for n, _ in rows} | {r.name for _, r in rows}
    for a in asked:
        if a.replace("-", "_") not in known and a not in known:
            sys.exit(f"bench: no row {a}; there are: "
                     + ", ".join(r.name for _, r in rows))
    return [r for module, r in rows
            if (not asked and mode in r.modes) or r.name in asked
            or module in asked or module.replace("_", "-") in asked]


def parse(arguments):
    p = argparse.ArgumentParser(
        prog="./dev bench", description="Measures waspool beside the limit, "
        "in one run; tests/bench/README.md says what each row means.")
    p.add_argument("--quick", action="store_true",
                   help="short rounds and small data: under three minutes")
    p.add_argument("--json", action="store_true", help="for programs")
    p.add_argument("--list", action="store_true", help="the rows there are")
    p.add_argument("--packages", action="store_true", help=argparse.SUPPRESS)
    p.add_argument("row", nargs="*", help="only these")
    return p.parse_args(arguments)


def main():
    args = parse(sys.argv[1:])
    mode = "quick" if args.quick else "full"
    rows = chosen(args.row, mode)
    if args.packages:
        print(*sorted({p for r in rows for p in r.packages}))
        return 0
    if args.list:
        for r in rows:
            print(f"{r.name:20} {r.what}")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Bench(mode) as bench:
        machine = bench.machine()
        results = [table.measure(r, bench) for r in rows]
    return table.report(
        results, {"mode": mode, "machine": machine}, f"{mode} mode, "
        + ", ".join(f"{k} {v}" for k, v in machine.items()), args.json)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
