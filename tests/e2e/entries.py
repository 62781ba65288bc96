"""gdb runs this inside of itself (see test_walk.py): it notes each source file
of ours that a running program enters, in the order of first entry.

WALK_ENTRIES is a file of lines "OFFSET FILE": where in the program a function
begins, and its source.  WALK_ROOTS are folders, or a file; a file counts while a
function of one of them is on the stack, and always for the root "any".  A line "ROOT
FILE" for each goes into WALK_OUT; a walk begins with "begin", and SIGWINCH ends
it, with "end".  Then the next one begins, until the program ends."""

import os

import gdb

roots = tuple(os.environ["WALK_ROOTS"].split())
stops = []
gdb.events.stop.connect(stops.append)


def base():
    """Where the program stands in memory: it is position independent."""
    pid = gdb.selected_inferior().pid
    exe = os.readlink(f"/proc/{pid}/exe")
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            if line.rstrip().endswith(exe):
                return int(line.split("-")[0], 16)
    raise gdb.GdbError(f"{exe} is not in memory")


def functions():
    """{address: source file}"""
    start = base()
    with open(os.environ["WALK_ENTRIES"]) as f:
        return {start + int(offset, 16): name
                for offset, name in map(str.split, f)}


def folder_of(frame):
    """The root that the function of a frame is in, None for none."""
    function = frame.function()
    path = function.symtab.filename if function and function.symtab else ""
    return next((r for r in roots if f"/src/{r}" in path
                 or path.endswith("/" + r)), None)


def on_stack():
    """(the root that is on the stack, 1 when it was entered just now)"""
    if roots == ("any",):
        return "any", True
    found = []
    frame = gdb.newest_frame()
    while frame is not None:
        found.append(folder_of(frame))
        frame = frame.older()
    r = next((r for r in found if r), None)
    return r, r is not None and found[0] == r and found.count(r) == 1


def walk(files, out):
    """Until SIGWINCH: each file once a root.  What the program is in when the
    walk begins is of the one before: a root counts once it is entered anew."""
    breaks, seen, begun = {}, set(), set()
    for at, name in files.items():
        breaks.setdefault(name, []).append(
            gdb.Breakpoint(f"*{at:#x}", internal=True))
    print("begin", file=out, flush=True)
    while True:
        gdb.execute("continue", to_string=True)
        if not gdb.selected_inferior().pid:
            return
        if isinstance(stops[-1], gdb.SignalEvent):
            break
        name = files[gdb.newest_frame().pc()]
        r, is_new = on_stack()
        if is_new:
            begun.add(r)
        if r in begun and (r, name) not in seen:
            print(r, name, file=out, flush=True)
            seen.add((r, name))
        if all((r, name) in seen for r in roots):
            for b in breaks.pop(name):
                b.delete()
    print("end", file=out, flush=True)
    for b in sum(breaks.values(), []):
        b.delete()


for setting in ("set pagination off", "set confirm off",
                "set breakpoint always-inserted on",
                "handle all nostop noprint pass",
                "handle SIGWINCH stop print nopass"):
    gdb.execute(setting, to_string=True)
with open(os.environ["WALK_OUT"], "w") as out:
    addresses = functions()
    while gdb.selected_inferior().pid:
        walk(addresses, out)
