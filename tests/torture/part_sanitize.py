"""The whole suite under AddressSanitizer and UBSan, unit tests under valgrind.

Only the long form: it builds everything anew, and takes a while.
"""

import os
import subprocess
import sys

import torture

NAME, SHORT, LONG, MINUTES = "sanitize", 0, 1, 40
LEAST = 15      # minutes, or it is not begun


def dev(*args):
    """./dev test ARGS: its last line; what it says goes to standard error."""
    done = subprocess.run([torture.ROOT / "dev", "test", *args], text=True,
                          env={k: v for k, v in os.environ.items()
                               if k not in ("BUILD", "SANITIZE")},
                          stdout=subprocess.PIPE, stderr=sys.stderr)
    said = done.stdout.strip().splitlines()
    failed = [line for line in said if line.startswith(("FAIL", "ERROR"))]
    assert done.returncode == 0, f"./dev test {' '.join(args)}: " \
        f"{said[-1] if said else done.returncode}; {failed[:5]}"
    return said[-1]


def run(scale, report):
    if scale.seconds is not None and scale.seconds < LEAST * 60:
        raise torture.Skip(f"it takes {MINUTES} minutes, and would have "
                           f"{scale.seconds / 60:.0f}")
    for _ in scale.rounds():
        report.check("under AddressSanitizer and UBSan: " + dev("--sanitize"))
        report.check("unit tests under valgrind: " + dev("--valgrind"))
