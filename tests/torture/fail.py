"""Calls that fail: what fail.so is told, through a page that both have."""

import errno
import mmap
import pathlib
import struct

KINDS = ["nothing", "write", "sync", "sync_dir", "open", "mmap", "malloc"]
ERRORS = {"write": [errno.ENOSPC, errno.EIO], "sync": [errno.EIO],
          "sync_dir": [errno.EIO], "open": [errno.EMFILE, errno.EIO],
          "mmap": [errno.ENOMEM], "malloc": [errno.ENOMEM]}
FIELDS = ["kind", "nth", "goes_on", "number", "calls", "failed", "room"]


class Page:
    """Programs with ENV fail as this says, from the moment it is said."""

    def __init__(self, shim, path, below):
        pathlib.Path(path).write_bytes(bytes(4096))
        with open(path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 4096)
        self.env = {"LD_PRELOAD": str(shim), "FAIL_PAGE": str(path),
                    "FAIL_BELOW": str(below)}

    def get(self, field):
        return struct.unpack_from("q", self.map, 8 * FIELDS.index(field))[0]

    def set(self, **fields):
        for field, n in fields.items():
            struct.pack_into("q", self.map, 8 * FIELDS.index(field), n)

    def arm(self, kind, nth, number, goes_on=False):
        """The NTH call of that KIND from now on fails with NUMBER."""
        self.set(kind=0, calls=0, failed=0, nth=nth, number=number,
                 goes_on=int(goes_on))
        self.set(kind=KINDS.index(kind))

    def disarm(self):
        self.set(kind=0)

    @property
    def failed(self):
        return self.get("failed")

    def close(self):
        self.map.close()
