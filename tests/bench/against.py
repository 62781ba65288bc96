#!/usr/bin/python3
"""Measures this tree beside another revision: ./dev bench --against REV."""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import row as table  # noqa: E402

ROUNDS = 3

# Rows that older revisions have not, and can measure all the same.
LENT = {"endtoend": ["row_endtoend.py", "deliveries.lua"],
        "first_pages": ["row_pages.py"]}


def parse(arguments):
    p = argparse.ArgumentParser(
        prog="./dev bench --against", description="Builds revision REV in a "
        "folder of its own below build/against and runs ./dev bench of both "
        "trees in turn, each with its own rows.  The ratio is ours to theirs.")
    p.add_argument("--against", metavar="REV", required=True)
    p.add_argument("--quick", action="store_true", help="as of ./dev bench")
    p.add_argument("--json", action="store_true", help="for programs")
    p.add_argument("--rounds", type=int, default=ROUNDS,
                   help=f"runs of each side, {ROUNDS} unless given")
    p.add_argument("--together", action="store_true",
                   help="all rows in one run of each side: what they share, "
                   "such as the large inbox, is made once")
    p.add_argument("row", nargs="*", help="only these")
    return p.parse_args(arguments)


def say(text):
    print("bench:", text, file=sys.stderr, flush=True)


def git(*args):
    done = subprocess.run(["git", "-C", ROOT, *args], capture_output=True)
    if done.returncode != 0:
        sys.exit(f"bench: git {args[0]}: {done.stderr.decode().strip()}")
    return done.stdout


def tree_of(rev):
    """The folder with REV's files, unpacked once."""
    commit = git("rev-parse", "--verify", "--end-of-options",
                 rev + "^{commit}").decode().strip()
    there = ROOT / "build" / "against" / commit[:12]
    if not (there / "dev").exists():
        say(f"{commit[:12]} is unpacked into {there}")
        there.mkdir(parents=True, exist_ok=True)
        subprocess.run(["tar", "-x", "-C", there], check=True,
                       input=git("archive", commit))
    return there


def bench(tree, args, rows):
    """A run of TREE's ./dev bench: the figures of each row by their names."""
    options = ["--json"] + (["--quick"] if args.quick else [])
    done = subprocess.run([tree / "dev", "bench", *options, *rows],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        rows = json.loads(done.stdout)["rows"]
    except (ValueError, KeyError):
        sys.exit(f"bench: {tree}/dev bench failed ({done.returncode})")
    return {r["name"]: r for r in rows}


def names(tree):
    done = subprocess.run([tree / "dev", "bench", "--list"],
                          stdout=subprocess.PIPE, text=True)
    return [line.split()[0] for line in done.stdout.splitlines() if line]


def lend(there, rows):
    """Puts rows of ours into THERE where it has none."""
    for row in rows:
        for name in LENT.get(row, []):
            if not (there / "tests/bench" / name).exists():
                shutil.copy(HERE / name, there / "tests/bench" / name)


def values(run, row):
    """{figure: (unit, value)} of a row, {} when it was not measured."""
    return {f["name"]: (f["unit"], f["subject"])
            for f in run.get(row, {}).get("figures", [])}


def compared(row, what, ours, theirs):
    """A row as row.table shows it: medians of all runs, ours to theirs.

    ours, theirs: what values() says of each run.
    """
    result = {"name": row, "what": what, "reference": "", "how": "",
              "figures": []}
    first = next((v for v in ours if v), {})
    if not first:
        result["failed"] = "not measured here"
    for name, (unit, _) in first.items():
        rounds = [({name: a[name][1]} if name in a else {},
                   {name: b[name][1]} if name in b else {})
                  for a, b in zip(ours, theirs)]
        result["figures"].append(
            table.summary(table.Figure(name, unit), rounds))
    return result


def measure(args, here, there):
    """Both in turn, row by row; every other round begins with theirs."""
    known = names(there)
    rows = args.row or [n for n in names(here) if n in known]
    if args.together:
        return measure_together(args, here, there, rows, known)
    results = []
    for row in rows:
        ours, theirs, what = [], [], row
        for i in range(args.rounds):
            sides = [(here, ours), (there, theirs)]
            for tree, runs in reversed(sides) if i % 2 else sides:
                if tree == there and row not in known:
                    runs.append({})
                    continue
                run = bench(tree, args, [row])
                what = run.get(row, {}).get("what", what)
                runs.append(values(run, row))
            say(f"{row}: round {i + 1}: "
                + " | ".join(str({k: v for k, (_, v) in r[-1].items()})
                             for r in (ours, theirs)))
        results.append(compared(row, what, ours, theirs))
    return results


def measure_together(args, here, there, rows, known):
    """All rows in one run, a side after the other."""
    runs = {here: [], there: []}
    for i in range(args.rounds):
        for tree in (there, here) if i % 2 else (here, there):
            wanted = [r for r in rows if tree == here or r in known]
            runs[tree].append(bench(tree, args, wanted))
            say(f"round {i + 1}: {tree.name} is measured")
    found = {name: run[name].get("what", name)
             for run in runs[here] for name in run}
    return [compared(name, what, [values(r, name) for r in runs[here]],
                     [values(r, name) for r in runs[there]])
            for name, what in found.items()]


def main():
    args = parse(sys.argv[1:])
    there = tree_of(args.against)
    lend(there, args.row or LENT)
    results = measure(args, ROOT, there)
    return table.report(
        results, {"against": there.name},
        f"here beside {there.name}, {args.rounds} runs of each", args.json)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
