"""The short form of each part of tests/torture, and its frame."""

import subprocess
import sys

import pytest

from rig import ROOT

sys.path.append(str(ROOT / "tests" / "torture"))
import torture  # noqa: E402

PARTS = torture.load()


@pytest.mark.parametrize("name", PARTS)
def test_part(name):
    try:
        torture.short(PARTS[name])
    except torture.Skip as e:
        pytest.skip(str(e))


PART = """
NAME, SHORT, LONG, MINUTES = "{name}", 1, 3, 1

def run(scale, report):
    for n in scale.rounds():
        {body}
    report.check("things looked at", n)
"""


@pytest.fixture
def frame(tmp_path):
    """frame(bodies, arguments): what ./dev torture does with such parts."""
    def run(bodies, *args):
        for name, body in bodies.items():
            (tmp_path / f"part_{name}.py").write_text(
                PART.format(name=name, body=body))
        (tmp_path / "torture.py").write_bytes(
            (ROOT / "tests" / "torture" / "torture.py").read_bytes())
        return subprocess.run(
            [sys.executable, "-B", tmp_path / "torture.py", *args],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=60)
    return run


def test_the_table_says_what_came_of_each_part(frame):
    done = frame({"one": "pass", "two": "assert n < 2, 'lost: 7'",
                  "three": "import torture; raise torture.Skip('no disk')"},
                 "--seed", "5")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0][:4] == ["part", "rounds", "seconds", "result"]
    found = {w[0]: (w[1], w[3]) for w in lines[1:-1]}
    assert found["one"] == ("3", "passed")
    assert found["two"] == ("2", "failed")
    assert found["three"][1] == "skipped"
    assert "things looked at: 3" in done.stdout
    assert "lost: 7" in done.stdout and "no disk" in done.stdout
    assert done.stdout.endswith("1 passed, 1 failed, 1 skipped\n")
    assert "again: ./dev torture --seed 5 two" in done.stderr
    assert done.returncode == 1


def test_only_the_parts_that_were_named(frame):
    bodies = {"one": "pass", "two": "assert False"}
    done = frame(bodies, "--short", "one")
    assert done.returncode == 0 and "two" not in done.stdout
    assert frame(bodies, "four").returncode == 64


def test_minutes_bound_a_part_from_both_sides(frame):
    done = frame({"one": "import time; time.sleep(0.1)"}, "--minutes", "0.02")
    rounds = int(done.stdout.splitlines()[1].split()[1])
    assert 3 < rounds < 13
