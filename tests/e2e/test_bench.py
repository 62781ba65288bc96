"""./dev bench: what its table says of what was measured, nothing timed."""

import subprocess
import sys

import pytest

from rig import ROOT, clean_environment

sys.path.insert(0, str(ROOT / "tests" / "bench"))
import against  # noqa: E402
import row as bench_row  # noqa: E402

BENCH = [sys.executable, "-B", ROOT / "tests" / "bench" / "bench.py"]


class Quiet:
    def say(self, text):
        pass

    def trace(self):
        pass


class Numbers(bench_row.Row):
    """Rounds that were measured before."""
    name = "numbers"

    def __init__(self, figure, subject, beside=()):
        self.figures = [figure]
        self.left = [list(subject), list(beside)]

    def subject(self, bench):
        return {"rate": self.left[0].pop(0)}

    def beside(self, bench):
        return {"rate": self.left[1].pop(0)} if self.left[1] else {}


def test_medians_and_their_ratio():
    r = bench_row.measure(
        Numbers(bench_row.Figure("rate", at_least=0.65, ratio=True),
                [70, 1, 99], [100, 90, 500]), Quiet())["figures"][0]
    assert (r["subject"], r["reference"], r["ratio"]) == (70, 100, 0.7)
    assert r["rounds"] == [[70, 100], [1, 90], [99, 500]]
    assert r["verdict"] == "reached"


@pytest.mark.parametrize("bound, verdict", [
    ({"at_least": 5}, "reached"), ({"at_least": 5.1}, "SHORT"),
    ({"at_most": 5}, "reached"), ({"at_most": 4.9}, "SHORT"),
    ({}, "reported")])
def test_verdicts(bound, verdict):
    row = Numbers(bench_row.Figure("rate", **bound), [5, 5, 5])
    assert bench_row.measure(row, Quiet())["figures"][0]["verdict"] == verdict


def test_what_could_not_be_measured_is_said():
    row = Numbers(bench_row.Figure("rate", at_least=1), [5, 5])
    result = bench_row.measure(row, Quiet())
    assert "failed" in result and result["figures"] == []


def test_there_is_a_reference_or_no_verdict():
    row = Numbers(bench_row.Figure("rate", at_least=1, ratio=True), [5, 5, 5])
    assert bench_row.measure(row, Quiet())["figures"][0]["verdict"] == "FAILED"


def test_every_row_says_what_it_is():
    done = subprocess.run([*BENCH, "--list"], stdout=subprocess.PIPE,
                          text=True, check=True, env=clean_environment({}))
    rows = dict(line.split(None, 1) for line in done.stdout.splitlines())
    assert {"ingest", "offered", "slow-flush", "visible", "memory",
            "disk"} <= set(rows)
    assert all(rows.values())


def test_an_unknown_row_is_refused():
    done = subprocess.run([*BENCH, "--json", "nothing"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, env=clean_environment({}))
    assert done.returncode == 1 and "no row nothing" in done.stderr
    assert done.stdout == ""


def test_against_another_revision_a_ratio_is_ours_to_theirs():
    def run(rate):
        return {"rate": ("/s", rate)}
    row = against.compared("ingest", "webhooks", [run(20), run(30), run(90)],
                           [run(10), run(15), run(70)])
    assert [(f["name"], f["subject"], f["reference"], f["ratio"])
            for f in row["figures"]] == [("rate", 30, 15, 2)]


def test_against_a_revision_without_the_row_there_is_no_ratio():
    row = against.compared("new", "", [{"p99": ("ms", 2)}] * 3, [{}] * 3)
    assert row["figures"][0]["ratio"] is None
    assert row["figures"][0]["subject"] == 2


def test_against_what_failed_here_is_said():
    assert "failed" in against.compared("new", "", [{}] * 3, [{}] * 3)


def test_against_an_unknown_revision_is_refused():
    if not (ROOT / ".git").exists():
        pytest.skip("no git clone: revisions are not known")
    done = subprocess.run(
        [sys.executable, "-B", ROOT / "tests/bench/against.py", "--against",
         "no-such-revision"], capture_output=True, text=True,
        env=clean_environment({}))
    assert done.returncode == 1 and "git rev-parse" in done.stderr
