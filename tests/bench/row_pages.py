"""First pages that differ from one request to the next, so that none is the
answer to the question before (session_cache.h).  A file of its own, since
older revisions borrow it (against.py)."""

from row_reads import API, Reads

LIMITS = range(41, 51)

ROWS = [Reads(
    "first_pages", "GET conversations, the first 41 to 50 in turn",
    lambda node: [f"{API}/conversations?limit={n}" for n in LIMITS])]
