"""Calls that fail: what fail.so is told, through a page that both have."""

import errno
import mmap
import pathlib
import struct

KINDS = ["nothing", "write", "sync", "sync_dir", "open", "mmap", "malloc"]
ERRORS = {"write": [errno.ENOSPC, errno.EIO], "sync": [errno.EIO],
          "sync_dir": [errno.EIO], "open": [errno.EMFILE, errno.EIO],
          "mmap": [errno.ENOMEM], "malloc": [errno.ENOMEM]}
FIELDS = ["kind", "nth", "goes_on", "number", "calls", "failed", "room",
          "probes", "first", "probed", "died", "n_lived"]


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

    def probe(self, kind, number):
        """Each call of that KIND fails in a child of its own, from now until
        disarm, or until the program writes into its files."""
        self.set(kind=0, calls=0, failed=0, nth=0, number=number, probes=1,
                 first=0, probed=0, died=0, n_lived=0)
        self.set(kind=KINDS.index(kind))

    def lived(self):
        """Which of these calls did no harm, or left a program that hangs."""
        return struct.unpack_from(f"{self.get('n_lived')}q", self.map,
                                  8 * len(FIELDS))

    def disarm(self):
        self.set(kind=0, probes=0)

    @property
    def failed(self):
        return self.get("failed")

    def close(self):
        self.map.close()
