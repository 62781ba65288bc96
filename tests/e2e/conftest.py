"""Fixtures: a node that the tests of a file share, and nodes of one's own.  The
order of the files."""

import os
import random

import pytest

from d360 import D360
from rig import BUILD, PGSQL, Node


# Files that take minutes.
LONG = ["test_page", "test_realtime", "test_doctor", "test_media", "test_dev",
        "test_torture"]     # by then what it needs is compiled
# The seed of ./dev test --order.
ORDER = os.environ.get("TEST_ORDER")


def pytest_report_header():
    return ORDER and f"files in the order of --order {ORDER}"


def pytest_configure(config):
    config.addinivalue_line("markers", "sqlite(why): it is about the file; "
                            "skipped with --pgsql, in these words")


def pytest_collection_modifyitems(config, items):
    """Of several workers none is to be alone with the longest at the end.  With
    a seed files are shuffled, and the tests of each stay as they are: the same
    in each worker."""
    if ORDER:
        files = sorted({i.path.stem for i in items})
        random.Random(ORDER).shuffle(files)
        items.sort(key=lambda i: files.index(i.path.stem))
    elif hasattr(config, "workerinput"):
        items.sort(key=lambda i: (LONG + [i.path.stem]).index(i.path.stem))
    for i in items if PGSQL else ():
        for mark in i.iter_markers("sqlite"):
            i.add_marker(pytest.mark.skip(reason=f"SQLite only: {mark.args[0]}"))


def reports():
    """What sanitizers have said so far (./dev test --sanitize)."""
    return set((BUILD / "reports").glob("*"))


@pytest.fixture(autouse=True)
def no_report():
    """A test during which a sanitizer spoke up has failed."""
    before = reports()
    yield
    for path in sorted(reports() - before):
        pytest.fail(f"{path}:\n{path.read_text(errors='replace')[:4000]}")


@pytest.fixture(scope="module")
def node():
    """One node for all tests of a file that do not mind each other's rows.  Of a
    file: which others a worker does before is another matter on each machine."""
    n = Node()
    try:
        yield n.up()
    finally:
        n.remove()


@pytest.fixture
def make_node():
    """make_node(WASPOOL_BODY_MAX=1000): a node of the test's own, running.

    provider=d360: it talks to that imitation of 360dialog."""
    nodes = []

    def make(start=True, provider=None, **env):
        n = Node({**(provider.env if provider else {}), **env})
        nodes.append(n)
        if start:
            n.up()
        return provider.attach(n) if provider else n

    yield make
    for n in nodes:
        n.remove()


@pytest.fixture
def d360():
    """360dialog's side; d360.py says what it can do."""
    with D360() as server:
        yield server


@pytest.fixture
def d360_node(d360, make_node):
    """A node of the test's own that talks to d360 (node.provider)."""
    return make_node(provider=d360)
