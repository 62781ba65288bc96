"""Fixtures: a node that all tests share, and nodes of one's own."""

import pytest

from rig import Node


@pytest.fixture(scope="session")
def node():
    """One node for all tests that do not mind each other's rows."""
    n = Node()
    try:
        yield n.up()
    finally:
        n.remove()


@pytest.fixture
def make_node():
    """make_node(WASPOOL_BODY_MAX=1000): a node of the test's own, running."""
    nodes = []

    def make(start=True, **env):
        n = Node(env)
        nodes.append(n)
        return n.up() if start else n

    yield make
    for n in nodes:
        n.remove()
