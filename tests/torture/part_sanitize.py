"""The whole suite under AddressSanitizer and UBSan, unit tests under valgrind.

The short form is what reads strangers' bytes, under the two sanitizers: its
unit tests, and each fuzz target with its corpus.
"""

import os
import subprocess
import sys

import torture

NAME, SHORT, LONG, MINUTES = "sanitize", 1, 1, 40
LEAST = 15      # minutes, or it is not begun


READERS = ["codec", "compose", "config", "content", "csv", "d360", "delivery",
           "disposition", "record_head", "json", "multipart", "phone", "pool",
           "reply", "route", "spool", "text", "message_list", "blob"]


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
    if os.environ.get("SANITIZE"):
        raise torture.Skip("all runs under a sanitizer already")
    if not scale.long:
        next(scale.rounds())
        report.check("readers under AddressSanitizer and UBSan: " + dev(
            "--sanitize", *(f"tests/unit/test_{r}" for r in READERS),
            *sorted(f"tests/fuzz/{p.stem}" for p in
                    (torture.ROOT / "tests" / "fuzz").glob("fuzz_*.c"))))
        return
    if scale.seconds is not None and scale.seconds < LEAST * 60:
        raise torture.Skip(f"it takes {MINUTES} minutes, and would have "
                           f"{scale.seconds / 60:.0f}")
    for _ in scale.rounds():
        report.check("under AddressSanitizer and UBSan: " + dev("--sanitize"))
        report.check("unit tests under valgrind: " + dev("--valgrind"))
