"""Runs the parts, and says in a table what came of them.

A part is a module part_NAME.py of this folder; README.md says what is in it.
`./dev torture` runs the long form of them, tests/e2e/test_torture.py the short
one, as part of `./dev test`.
"""

import argparse
import importlib
import os
import pathlib
import random
import shutil
import signal
import sys
import textwrap
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests" / "e2e")]


class Skip(Exception):
    """What is needed is not there: Skip("no clang")."""


class Scale:
    """How much a part is to do, and with which luck."""

    def __init__(self, long, rounds, seconds=None, seed=None):
        self.long = long
        self.n = rounds             # unless SECONDS say otherwise
        self.seconds = seconds
        self.seed = random.randrange(10**9) if seed is None else seed
        self.random = random.Random(self.seed)
        self.began = time.monotonic()
        self.done = 0

    def spent(self):
        return time.monotonic() - self.began

    def goes_on(self):
        """Whether there is another round to do; one there is always."""
        if self.done == 0:
            return True
        if self.seconds is not None:
            return self.spent() < self.seconds
        return self.done < self.n

    def rounds(self):
        """Numbers from 1, one for each round."""
        while self.goes_on():
            self.done += 1
            yield self.done


class Report:
    """What a part tells: what it looked at, and how often."""

    def __init__(self):
        self.checked = []
        self.rounds = None          # when they are not those of the scale

    def check(self, what, count=None):
        """It was looked at, and found to be so."""
        self.checked.append(what if count is None else f"{what}: {count}")


class Result:
    def __init__(self, name, report, rounds, seconds, error=None):
        self.name, self.report, self.error = name, report, error
        self.rounds, self.seconds = rounds, seconds

    @property
    def word(self):
        if self.error is None:
            return "passed"
        return "skipped" if isinstance(self.error, Skip) else "failed"


def load(folder=HERE):
    """The parts, by their NAME."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    parts = [importlib.import_module(p.stem)
             for p in sorted(folder.glob("part_*.py"))]
    return {p.NAME: p for p in parts}


def build(*programs):
    """Makes tests/torture/PROGRAM of the build folder; their paths."""
    if os.environ.get("SANITIZE"):
        raise Skip("sanitizers want to be the first that is preloaded")
    from rig import made    # the frame alone needs no node
    return made(*[f"tests/torture/{p}" for p in programs])


def run_part(part, scale):
    """A Result; whatever the part raises is its failure."""
    report, error = Report(), None
    why = getattr(part, "SQLITE", None)
    try:
        if why and os.environ.get("PGSQL"):
            raise Skip(f"SQLite only: {why}")
        part.run(scale, report)
    except Exception as e:
        error = e
    rounds = scale.done if report.rounds is None else report.rounds
    return Result(part.NAME, report, rounds, scale.spent(), error)


def short(part, seed=None):
    """The short form; raises what the part raises."""
    scale = Scale(False, part.SHORT, seed=seed)
    result = run_part(part, scale)
    if result.error is not None and result.word == "failed":
        print(f"again: ./dev torture --short --seed {scale.seed} {part.NAME}")
    if result.error is not None:
        raise result.error
    return result


def table(results):
    """Lines; what was checked stands beside its part, a thing a line."""
    wide = max(40, shutil.get_terminal_size((100, 24)).columns - 40)
    lines = [f"{'part':<12}{'rounds':>8}{'seconds':>9}  {'result':<8} checked"]
    for r in results:
        said = [line for c in r.report.checked for line in
                textwrap.wrap(c, wide, subsequent_indent="  ")]
        if r.error is not None:
            said.insert(0, f"{type(r.error).__name__}: {r.error}"
                        .splitlines()[0][:wide])
        said = said or [""]
        lines.append(f"{r.name:<12}{r.rounds:>8}{r.seconds:>9.0f}  "
                     f"{r.word:<8} {said[0]}")
        lines += [" " * 40 + s for s in said[1:]]
    return lines


def arguments(argv):
    p = argparse.ArgumentParser(
        prog="./dev torture", description="Tries hard to break waspool, in "
        "nodes of its own below the temporary folder.")
    p.add_argument("--minutes", type=float, metavar="N", help="all parts "
                   "together, each with its share (default: as many rounds "
                   "as each part calls its long form)")
    p.add_argument("--seed", type=int, metavar="S",
                   help="the luck of a run that failed")
    p.add_argument("--short", action="store_true",
                   help="the short form, as ./dev test runs it")
    p.add_argument("part", nargs="*", help="only these")
    return p.parse_args(argv)


def one(part, args, share):
    """Runs it, and says what happened as soon as it did."""
    scale = Scale(not args.short, part.SHORT if args.short else part.LONG,
                  share, args.seed)
    print(f"torture: {part.NAME}, seed {scale.seed}", file=sys.stderr)
    result = run_part(part, scale)
    if result.word == "failed":
        traceback.print_exception(None, result.error,
                                  result.error.__traceback__)
        print(f"torture: again: ./dev torture --seed {scale.seed} "
              f"{'--short ' if args.short else ''}{part.NAME}",
              file=sys.stderr)
    return result


def main(argv, folder=HERE):
    args = arguments(argv)
    parts = load(folder)
    for name in args.part:
        if name not in parts:
            print(f"torture: no part {name}; there are {', '.join(parts)}",
                  file=sys.stderr)
            return 64
    chosen = [p for n, p in parts.items() if not args.part or n in args.part]
    whole = sum(p.MINUTES for p in chosen)
    results, stopped = [], False
    try:
        for p in chosen:
            share = None if args.minutes is None else \
                args.minutes * 60 * p.MINUTES / whole
            results.append(one(p, args, share))
    except KeyboardInterrupt:
        stopped = True
        print("torture: stopped", file=sys.stderr)
    print("\n".join(table(results)))
    failed = sum(r.word == "failed" for r in results)
    passed = sum(r.word == "passed" for r in results)
    print(f"{passed} passed, {failed} failed, "
          f"{len(results) - passed - failed} skipped")
    return 130 if stopped else 1 if failed or not passed else 0


def interrupt(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    # Parts import this file by its name; it must not be there twice.
    sys.modules["torture"] = sys.modules["__main__"]
    signal.signal(signal.SIGTERM, interrupt)
    sys.exit(main(sys.argv[1:]))
