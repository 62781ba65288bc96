"""SECURITY.md: each promise has tests, and those are there."""

import re

from rig import ROOT

TEXT = (ROOT / "SECURITY.md").read_text()
PROMISES = TEXT[TEXT.index("## What is promised"):
                TEXT.index("## What is not promised")]


def test_every_test_that_is_named_is_there():
    named = re.findall(r"`(tests/[\w/.]+)::(\w+)`", PROMISES)
    assert len(named) > 20
    for path, test in named:
        source = (ROOT / path).read_text()
        if path.endswith(".c"):
            defined = rf"^{test}\(void \*\*"
        else:
            defined = rf"^def {test}\("
        assert re.search(defined, source, re.M), f"{path}::{test}"


def test_every_promise_has_a_test():
    promises = re.split(r"\n(?=\*\*)", PROMISES)[1:]
    assert len(promises) > 5
    for p in promises:
        assert "::" in p, p


def test_nothing_but_tests_is_named():
    """A test that was renamed by half is noticed, too."""
    assert len(re.findall("::", PROMISES)) == len(
        re.findall(r"`tests/[\w/.]+::\w+`", PROMISES))


def test_the_readme_names_it():
    assert "SECURITY.md" in (ROOT / "README.md").read_text()
