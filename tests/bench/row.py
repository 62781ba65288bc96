"""A row of the table: what is measured, beside what, and what came of it."""

import json
import os
import statistics
import sys

REACHED, SHORT, REPORTED, FAILED = "reached", "SHORT", "reported", "FAILED"


class Figure:
    """One number that a row measures.

    at_least, at_most: what is to be reached; ratio=True means that the ratio
    to the reference is.  goal: what would be better still.  Without a bound
    the number is only reported.
    """

    def __init__(self, name, unit="", at_least=None, at_most=None,
                 ratio=False, goal=None):
        self.name, self.unit = name, unit
        self.at_least, self.at_most = at_least, at_most
        self.ratio, self.goal = ratio, goal

    @property
    def wanted(self):
        if self.at_least is None and self.at_most is None:
            return ""
        least = self.at_least is not None
        text = f"{'≥' if least else '≤'} " \
               f"{number(self.at_least if least else self.at_most)}"
        text += " ×" if self.ratio else f" {self.unit}".rstrip()
        return text + (f" (goal {self.goal:g})" if self.goal else "")

    def verdict(self, subject, ratio):
        got = ratio if self.ratio else subject
        if not self.wanted:
            return REPORTED
        if got is None:
            return FAILED
        good = (self.at_least is None or got >= self.at_least) and \
               (self.at_most is None or got <= self.at_most)
        return REACHED if good else SHORT


class Row:
    """What a row module fills in; see README.md.

    A failed measurement raises: anything but an honest number is a failure.
    """

    name = ""           # as in ./dev bench NAME
    what = ""           # the subject
    reference = ""      # what it is measured beside, "" for nothing
    how = ""            # one sentence: how it is measured
    figures = []        # Figure, Figure, …
    modes = ("quick", "full")
    packages = []       # Debian's, beside those of every row
    rounds = 3          # at least
    alternates = True   # every other round begins with the reference

    def open(self, bench):
        """Prepares, and warms up.  bench: stand.Bench."""

    def subject(self, bench):
        """One round: {figure's name: number}."""
        raise NotImplementedError

    def beside(self, bench):
        """One round of the reference, with the same names; {} for none."""
        return {}

    def close(self, bench):
        """Checks what can only be checked at the end.  Also when a round
        failed.  What bench started, bench stops."""


def number(x):
    """As a person reads it."""
    if x is None:
        return "–"
    if abs(x) >= 100:
        return f"{x:,.0f}"
    return f"{x:.2f}" if abs(x) < 10 else f"{x:.1f}"


def measure(row, bench):
    """All rounds, subject and reference in turn: a dict for --json."""
    result = {"name": row.name, "what": row.what, "reference": row.reference,
              "how": row.how, "figures": []}
    rounds = []
    try:
        try:
            row.open(bench)
            os.sync()   # what others wrote is not flushed in our rounds
            for i in range(max(3, row.rounds)):
                # Whoever is second finds a warmer machine: they swap.
                first, second = row.subject, row.beside
                swap = row.alternates and i % 2
                if swap:
                    first, second = second, first
                a, b = first(bench), second(bench)
                rounds.append((b, a) if swap else (a, b))
                bench.say(f"{row.name}: round {i + 1}: {shown(rounds[-1])}")
        finally:
            # A row may learn only while it measures what is to be said.
            result["what"], result["how"] = row.what, row.how
            row.close(bench)
    except Exception as e:  # the other rows go on
        result["failed"] = f"{type(e).__name__}: {e}"
        bench.say(f"{row.name}: failed: {result['failed']}")
        bench.trace()
        return result
    result["figures"] = [summary(f, rounds) for f in row.figures]
    return result


def shown(pair):
    return " | ".join(", ".join(f"{k} {number(v)}" for k, v in side.items())
                      for side in pair if side)


def median(rounds, side, name):
    values = [r[side][name] for r in rounds if name in r[side]]
    return statistics.median(values) if values else None


def summary(figure, rounds):
    """The medians of a figure, and their ratio."""
    subject = median(rounds, 0, figure.name)
    beside = median(rounds, 1, figure.name)
    ratio = subject / beside if subject is not None and beside else None
    return {"name": figure.name, "unit": figure.unit, "subject": subject,
            "reference": beside, "ratio": ratio, "wanted": figure.wanted,
            "verdict": figure.verdict(subject, ratio),
            "rounds": [[r[0].get(figure.name), r[1].get(figure.name)]
                       for r in rounds]}


# -------------------------------------------------------------------- table

HEAD = ["row", "", "subject", "reference", "ratio", "to reach", ""]


def lines(results):
    yield HEAD
    for r in results:
        if "failed" in r:
            yield [r["name"], "", "", "", "", "", FAILED]
        for i, f in enumerate(r["figures"]):
            unit = f["name"] + (f" [{f['unit']}]" if f["unit"] else "")
            yield ["" if i else r["name"], unit, number(f["subject"]),
                   number(f["reference"]), number(f["ratio"]), f["wanted"],
                   f["verdict"]]


def report(results, about, head, as_json):
    """The table under HEAD, or for programs with ABOUT; the exit status."""
    if as_json:
        json.dump({**about, "rows": results}, sys.stdout, indent=1,
                  ensure_ascii=False)
        print()
    else:
        print(head + "\n")
        table(results)
    return 1 if any("failed" in r for r in results) else 0


def table(results, out=sys.stdout):
    cells = list(lines(results))
    widths = [max(len(c[i]) for c in cells) for i in range(len(HEAD))]
    for n, c in enumerate(cells):
        print("  ".join(t.rjust(w) if i in (2, 3, 4) else t.ljust(w)
                        for i, (t, w) in enumerate(zip(c, widths))).rstrip(),
              file=out)
        if n == 0:
            print("  ".join("-" * w for w in widths), file=out)
    print(file=out)
    for r in results:
        beside = f"; beside {r['reference']}" if r["reference"] else ""
        print(f"{r['name']}: {r['what']}{beside}. {r['how']}", file=out)
        if "failed" in r:
            print(f"    failed: {r['failed']}", file=out)
