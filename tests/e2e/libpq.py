"""Rows of a database of PostgreSQL, by libpq itself: nothing else that Python
brings speaks to it.  For node.db() of a test whose inbox is there."""

import ctypes
import ctypes.util
import functools
import itertools
import re

OK, TUPLES = 1, 2
BYTEA, NUMBERS, REAL = 17, {20, 21, 23, 26, 1700}, {700, 701}


@functools.cache
def library():
    lib = ctypes.CDLL(ctypes.util.find_library("pq"))
    for name, answer in (
            ("PQconnectdb", "p"), ("PQstatus", "i"), ("PQerrorMessage", "s"),
            ("PQfinish", None), ("PQexecParams", "p"), ("PQresultStatus", "i"),
            ("PQresultErrorMessage", "s"), ("PQntuples", "i"), ("PQnfields", "i"),
            ("PQftype", "i"), ("PQgetisnull", "i"), ("PQgetvalue", "s"),
            ("PQcmdTuples", "s"), ("PQclear", None)):
        f = getattr(lib, name)
        f.restype = {"p": ctypes.c_void_p, "i": ctypes.c_int,
                     "s": ctypes.c_char_p, None: None}[answer]
    lib.PQexecParams.argtypes = [
        ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p,
        ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
    for name in ("PQstatus", "PQerrorMessage", "PQfinish", "PQresultStatus",
                 "PQresultErrorMessage", "PQntuples", "PQnfields",
                 "PQcmdTuples", "PQclear"):
        getattr(lib, name).argtypes = [ctypes.c_void_p]
    lib.PQftype.argtypes = [ctypes.c_void_p, ctypes.c_int]
    lib.PQgetisnull.argtypes = lib.PQgetvalue.argtypes = [
        ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
    return lib


def value(text, type_):
    if type_ in NUMBERS:
        return int(text)
    if type_ in REAL:
        return float(text)
    if type_ == BYTEA:
        return bytes.fromhex(text[2:].decode())
    return text.decode()


def written(parameter):
    """As the server reads it, whatever type it takes it for."""
    if parameter is None:
        return None
    if isinstance(parameter, bytes):
        return b"\\x" + parameter.hex().encode()
    return str(parameter).encode()


class Connection:
    def __init__(self, address):
        self.lib = library()
        self.conn = self.lib.PQconnectdb(address.encode())
        if self.lib.PQstatus(self.conn):
            why = self.lib.PQerrorMessage(self.conn).decode()
            self.close()
            raise OSError(why)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.lib.PQfinish(self.conn)
        self.conn = None

    def run(self, sql, *parameters):
        """(rows, how many were changed); parameters are ?, as SQLite has them."""
        numbers = itertools.count(1)
        sql = re.sub(r"'[^']*'|\?", lambda m: m[0] if m[0] != "?"
                     else f"${next(numbers)}", sql)
        values = (ctypes.c_char_p * len(parameters))(*map(written, parameters))
        lib = self.lib
        result = lib.PQexecParams(self.conn, sql.encode(), len(parameters),
                                  None, values, None, None, 0)
        try:
            if lib.PQresultStatus(result) not in (OK, TUPLES):
                raise ValueError(
                    f"{lib.PQresultErrorMessage(result).decode()}: {sql}")
            types = [lib.PQftype(result, i) for i in range(lib.PQnfields(result))]
            rows = [tuple(None if lib.PQgetisnull(result, row, i) else
                          value(lib.PQgetvalue(result, row, i), t)
                          for i, t in enumerate(types))
                    for row in range(lib.PQntuples(result))]
            return rows, int(lib.PQcmdTuples(result) or 0)
        finally:
            lib.PQclear(result)
