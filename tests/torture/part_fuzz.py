"""libFuzzer on each target of tests/fuzz, two at once.

The short form is the corpus, which `make check` replays.
"""

import subprocess

import torture

NAME, SHORT, LONG, MINUTES = "fuzz", 0, 1, 75
TARGETS = sorted(p.stem[len("fuzz_"):] for p in
                 (torture.ROOT / "tests" / "fuzz").glob("fuzz_*.c"))
AT_ONCE = 2


def run(scale, report):
    whole = MINUTES if scale.seconds is None else scale.seconds / 60
    each = max(1, round(whole * AT_ONCE / len(TARGETS)))
    done = subprocess.run([torture.ROOT / "dev", "fuzz", "--minutes",
                           str(each), "--at-once", str(AT_ONCE)],
                          text=True, stdout=subprocess.PIPE)
    assert done.returncode == 0, done.stdout
    report.rounds = len(TARGETS)
    for line in done.stdout.splitlines():
        report.check(line)
