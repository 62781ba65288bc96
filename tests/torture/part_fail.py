"""Calls that fail, one at a time, in each program that writes."""

import itertools

import torture
from bare import Bare
from d360 import D360
from fail import ERRORS, Page
from trial import Trial

# SHORT: how many of each kind and program; LONG: all there are.
NAME, SHORT, LONG, MINUTES = "fail", 2, 0, 20
SQLITE = "its programs write files"

FEW = 32                # so many calls fail one after the other in both forms
MANY = 5000             # so many of which a start makes most
ONCE = {"waspool-process": ["--once"]}
LOOKS = 20              # about so often in a series the books are made
OVERLAP = 100           # no two runs make quite the same calls


def numbers(scale, calls, n, probe):
    """Which calls are to fail, of about CALLS: N of them, or all, but for
    those that were tried when the program was made to PROBE its start."""
    if scale.long and scale.seconds is None:
        first, last, lived = probe() if calls > MANY else (0, 0, ())
        return itertools.chain(range(1, first), lived,
                               range(max(1, last - OVERLAP), 10 ** 9))
    if calls <= FEW:
        return range(1, calls + 2)
    n = n if not scale.long else 300
    width = max(1, calls // n)
    return [1 + i + scale.random.randrange(width)
            for i in range(0, calls, width)][:n]


def series(trial, scale, program, kind, one, n):
    """ONE(nth, errno), for one call after the other until none is left."""
    def probe():
        first, last, lived = trial.probe(program, *ONCE.get(program, ()))
        scale.done += last - first - len(lived)
        trial.runs[program, kind] += last - first - len(lived)
        return first, last, lived

    one(10 ** 9, 0)                 # how many calls there are
    calls = trial.page.get("calls")
    for i in numbers(scale, calls, n, probe):
        if scale.seconds is not None and scale.spent() > scale.seconds:
            return
        found = [one(i, e) for e in (ERRORS[kind] if scale.long else
                                     [scale.random.choice(ERRORS[kind])])]
        trial.runs[program, kind] += sum(found)
        scale.done += sum(found)
        if not any(found) and i > calls:
            return
        if trial.luck.random() < min(0.02, LOOKS / calls):
            settle(trial)


def settle(trial):
    """Books are made with everybody at rest."""
    was = [p for p in ("waspool-process",) if p in trial.bare.running]
    for p in was:
        trial.bare.stop(p)
    trial.look()


def whole_runs(trial, scale, n):
    """From start to end, with a call of each kind that fails."""
    bare = trial.bare
    bare.start("webhook-ingest")
    bare.start("actions")
    for kind in ERRORS:
        series(trial, scale, "waspool-process", kind,
               lambda i, e: trial.process(kind, i, e), n)
    trial.look()
    bare.stop("webhook-ingest")
    bare.stop("actions")
    bare.hang_up()
    for kind in ERRORS:
        series(trial, scale, "webhook-ingest", kind, lambda i, e: trial.serve(
            "webhook-ingest", lambda: trial.deliver(3), kind, i, e), n)
        series(trial, scale, "actions", kind, lambda i, e: trial.serve(
            "actions", trial.order, kind, i, e), n)
        trial.look()


def at_work(trial, scale, n):
    for program, work in (("webhook-ingest", lambda: trial.deliver(2)),
                          ("actions", trial.order)):
        series(trial, scale, f"{program} at work", "malloc",
               lambda i, e: trial.at_work(program, work, i), n)
        if program in trial.bare.running:
            trial.bare.stop(program)
        trial.bare.hang_up(program)
    trial.bare.start("webhook-ingest")
    series(trial, scale, "waspool-process at work", "malloc",
           lambda i, e: trial.at_work("waspool-process", trial.applied, i), n)
    for program in list(trial.bare.running):
        trial.bare.stop(program)


def run(scale, report):
    shim, = torture.build("fail.so")
    n = 300 if scale.long else scale.n
    with D360() as d360:
        bare = Bare(**d360.env, WASPOOL_MIN_FREE=0, WASPOOL_THREADS=2,
                    WASPOOL_ACTION_THREADS=1, WASPOOL_SEND_RATE=1000)
        try:
            page = Page(shim, bare.dir / "page", bare.state)
            trial = Trial(bare.populate(), page, d360, scale.random)
            whole_runs(trial, scale, n)
            at_work(trial, scale, 5 * n if not scale.long else n)
            trial.look(report)
        finally:
            bare.remove()
    for program in ("webhook-ingest", "actions", "waspool-process"):
        for kind in ("write", "sync", "open", "mmap", "malloc"):
            assert trial.runs[program, kind] > 0, f"{program}: no {kind} failed"
    for (program, kind), count in sorted(trial.runs.items()):
        report.check(f"{program}: {kind} failed, {count} different calls")
    report.check("afterwards: " + ", ".join(
        f"{c} {w}" for w, c in trial.endings.items()))
