"""What is left on the disk when the power has gone: some of what power.so noted
as not yet flushed is undone.  A sector of 512 bytes is whole; which of the
states that a sector went through since the last flush is on the disk, nobody
knows, nor how long the file is, nor which of the last names in a folder."""

import os
import pathlib
import shutil
import struct

SECTOR = 512
HEAD = struct.Struct("<Qqqqq")
MAGIC = 0x7761737077617370


class Power:
    """The log of a state folder; env makes a program write it."""

    def __init__(self, shim, state, log, lies=False):
        self.state, self.log = pathlib.Path(state), pathlib.Path(log)
        self.log.mkdir()
        self.env = {"LD_PRELOAD": str(shim), "POWER_STATE": str(state),
                    "POWER_LOG": str(log)}
        if lies:
            self.env["POWER_LIES"] = "1"
        self.undone = 0             # writes that were lost or torn
        self.names = 0              # names that came back, or went

    def goes(self, luck):
        """All programs are dead; what they leave becomes what a disk has."""
        paths = {p.stat().st_ino: p for folder in (self.state, self.log)
                 for p in folder.rglob("*") if p.is_file()}
        for log in sorted(self.log.glob("f*")):
            path = paths.get(int(log.name[1:]))
            records = read_records(log.read_bytes())
            if path is not None and records:
                self.undone += lose_bytes(path, records, luck)
        folders = {p.stat().st_ino: p for p in
                   [self.state, *self.state.rglob("*")] if p.is_dir()}
        for log in sorted(self.log.glob("d*")):
            folder = folders.get(int(log.name[1:]))
            if folder is not None and folder.exists():
                self.lose_names(folder, log.read_text().splitlines(), luck)
        for path in self.state.glob("*-shm"):
            path.unlink()
        for path in self.log.iterdir():
            path.unlink()

    def lose_names(self, folder, lines, luck):
        """The last of them, as a file system with a journal does."""
        for line in reversed(lines[luck.randint(0, len(lines)):]):
            what, name, grave = line.split()
            path = folder / name
            self.names += 1
            if what == "C":
                path.unlink(missing_ok=True)
            elif what == "M":
                shutil.rmtree(path, ignore_errors=True)
            elif not path.exists():
                os.link(self.log / grave, path)


def read_records(raw):
    """[(cuts, offset, len, old size, old bytes)]; the last may be cut off."""
    found, at = [], 0
    while at + HEAD.size <= len(raw):
        magic, cuts, offset, n, old_size = HEAD.unpack_from(raw, at)
        assert magic == MAGIC
        at += HEAD.size
        there = max(0, min(n, old_size - offset))
        if at + there > len(raw):
            break
        found.append((cuts, offset, n, old_size, raw[at:at + there]))
        at += there
    return found


def sectors(offset, n):
    return range(offset // SECTOR, -(-(offset + n) // SECTOR))


def choose(records, luck):
    """For each write the sectors of it that reached the disk, and after how
    many of them the file's length did."""
    n = len(records)
    how = luck.choice(["all", "none", "first", "some", "some"])
    chance = luck.choice([0.2, 0.5, 0.8])
    first = luck.randint(0, n)
    reached = []
    for i, (_, offset, size, _, _) in enumerate(records):
        all_ = set(sectors(offset, size))
        kept = {"all": True, "none": False, "first": i < first,
                "some": luck.random() < chance}[how]
        torn = (how == "first" and i == first) or \
            (how == "some" and luck.random() < 0.3)
        if torn:
            all_ = {s for s in all_ if luck.random() < 0.5}
        reached.append(all_ if kept or torn else set())
    length = {"all": n, "none": 0, "first": first,
              "some": luck.randint(0, n)}[how]
    return reached, length


def lose_bytes(path, records, luck):
    """Backwards from what the programs saw to what was flushed; each sector
    stays as it was after the last write of it that reached the disk."""
    reached, length = choose(records, luck)
    sizes = [records[0][3]] + [o if cuts else max(old, o + n)
                               for cuts, o, n, old, _ in records]
    now = bytearray(path.read_bytes())
    whole = max([len(now), *sizes]) + SECTOR
    now.extend(bytes(whole - len(now)))
    before, settled, final = bytes(now), set(), bytearray(now)
    for i in reversed(range(len(records))):
        _, offset, n, _, old = records[i]
        for s in sectors(offset, n):
            if s not in settled and s in reached[i]:
                settled.add(s)
                final[s * SECTOR:(s + 1) * SECTOR] = \
                    now[s * SECTOR:(s + 1) * SECTOR]
        now[offset:offset + n] = old + bytes(n - len(old))
    for _, offset, n, _, _ in records:
        for s in sectors(offset, n):
            if s not in settled:
                settled.add(s)
                final[s * SECTOR:(s + 1) * SECTOR] = \
                    now[s * SECTOR:(s + 1) * SECTOR]
    final = final[:sizes[length]]
    path.write_bytes(final)
    return sum(r != set(sectors(o, n)) for r, (_, o, n, _, _)
               in zip(reached, records)) if bytes(final) != before else 0
