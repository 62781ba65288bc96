"""Full-text search of a large inbox."""

import random

from data import COMMON, RARE, SEED
from row import Figure
from row_reads import API, Filter

CONNECTIONS = 2     # one waits: a member's searches take turns


def search(text):
    return lambda node: [f"{API}/conversations?q={text}"]


def digits(node):
    """Six digits from within the phones of random customers."""
    dice = random.Random(SEED)
    top = node.db("SELECT max(id) FROM conversations")[0][0]
    phones = [node.db("SELECT phone FROM conversations WHERE id = ?",
                      dice.randint(1, top))[0][0] for _ in range(500)]
    return [f"{API}/conversations?q={p[-7:-1]}" for p in phones]


class Search(Filter):
    how = f"wrk, {CONNECTIONS} connections of one member, in turn."
    connections = CONNECTIONS

    def __init__(self, name, what, paths):
        super().__init__(name, what, paths)
        self.figures = [Figure("rate", "/s"), Figure("p50", "ms"),
                        Figure("p99", "ms", at_most=50)]


ROWS = [
    Search("search_rare", "GET conversations?q=: a word in ten messages",
           search(RARE)),
    Search("search_common", "GET conversations?q=: a word in 1 % of the "
           "messages", search(COMMON)),
    Search("search_prefix", "GET conversations?q=: three letters that many "
           "words begin with", search("bal")),
    Search("search_digits", "GET conversations?q=: six digits of a phone",
           digits),
]
