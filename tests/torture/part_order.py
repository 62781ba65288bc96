"""Order and duplicates: tests/unit/test_history with many more seeds.

The short form is that program, as `make check` runs it: 300 seeds.
"""

import re
import subprocess

from rig import made

NAME = "order"
SHORT, LONG = 0, 10
MINUTES = 10
SEEDS = 1000                        # a round


def run(scale, report):
    program, = made("tests/unit/test_history")
    first = scale.random.randrange(10**9)
    for n in scale.rounds():
        begin = first + n * SEEDS
        done = subprocess.run([program, str(begin), str(SEEDS)], text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=3600)
        said = "\n".join(line for line in done.stderr.splitlines()
                         if not line.startswith("time="))
        assert done.returncode == 0, re.sub(r"^\[.*\n?", "", said, flags=re.M)
    report.check("histories, in order and shuffled: the same rows",
                 scale.done * SEEDS)

