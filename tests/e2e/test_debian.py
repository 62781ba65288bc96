"""debian/: what can be seen without building packages, which ./dev package does."""

import fnmatch
import re
import subprocess

import pytest

from rig import BUILD, ROOT

DEBIAN = ROOT / "debian"
# debian/rules puts these where the system looks.
ARRANGED = "usr/share/waspool/systemd/"


def text(name):
    return (DEBIAN / name).read_text()


def installed():
    """What "make install" makes, as --prefix=/usr --sysconfdir=/etc has it."""
    inst = BUILD / "inst"
    return [name if name.startswith("etc/") else "usr/" + name
            for name in (str(p.relative_to(inst)) for p in inst.rglob("*")
                         if p.is_file())
            if not name.startswith("var/")]


def packages_of(name):
    """Which of the packages whose sources are the build of waspool have it."""
    found = []
    for package in ("waspool", "waspool-inbox"):
        for line in text(package + ".install").split():
            if fnmatch.fnmatch(name, line) or name.startswith(line + "/"):
                found.append(package)
    if name.endswith("/waspool-inbox.conf"):    # -X in debian/rules
        found.remove("waspool")
    return found


def test_each_installed_file_is_in_one_package():
    files = installed()
    assert len(files) > 60
    wrong = {name: packages_of(name) for name in files
             if len(packages_of(name)) != 1 and not name.startswith(ARRANGED)}
    assert wrong == {}
    arranged = {name[len(ARRANGED):] for name in files
                if name.startswith(ARRANGED)}
    assert {n for n in arranged if "." not in n or
            n.rsplit(".")[-1] not in ("service", "socket", "target")} == {
                "waspool.sysusers", "waspool.tmpfiles"}


def test_each_unit_is_known_to_the_maintainer_scripts():
    units = {p.name[:-len(".in")] for p in (ROOT / "systemd").glob("*.in")
             if p.suffixes[0] in (".service", ".socket")}
    said = set(re.findall(r"waspool-[\w-]+\.(?:service|socket)",
                          text("waspool.postinst")))
    assert said == units
    servers = re.search("(?m)^servers = (.*)$", text("rules"))[1].split()
    assert units == {f"waspool-{s}.{kind}" for s in servers
                     for kind in ("service", "socket")} | {
                         "waspool-process.service", "waspool-dispatch.service"}


def test_the_version_is_that_of_configure():
    version = re.search(r"AC_INIT\(\[waspool\], \[([\d.]+)\]",
                        (ROOT / "configure.ac").read_text())[1]
    assert text("changelog").startswith(f"waspool ({version}) ")


def test_the_packages_are_built_with_what_a_build_wants():
    wanted = set(re.findall(r"lib[\w.+-]+-dev", text("control")))
    said = set(re.findall(r"lib[\w.+-]+-dev", re.search(
        "build_packages='(.*?)'", (ROOT / "tests/packages").read_text(),
        re.S)[1]))
    assert wanted == said - {"libc6-dev", "libcmocka-dev"}


@pytest.mark.parametrize("name", [
    "waspool.postinst", "waspool.postrm", "waspool-inbox.postinst",
    "waspool-inbox.postrm"])
def test_maintainer_scripts_are_shell(name):
    assert "#DEBHELPER#" in text(name)
    subprocess.run(["sh", "-n", DEBIAN / name], check=True)


def test_both_builds_have_the_same_scripts():
    for name in ("install", "postinst", "postrm", "README.Debian"):
        assert text(f"waspool-pgsql.{name}") == text(f"waspool.{name}")
