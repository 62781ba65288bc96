"""./dev release refuses what does not say one version everywhere."""

import re
import shutil
import subprocess

import pytest

from rig import ROOT

VERSION = re.search(r"AC_INIT\(\[waspool\], \[([0-9.]+)\]",
                    (ROOT / "configure.ac").read_text())[1]
FILES = ("configure.ac", "CHANGELOG.md", "docs/openapi.yaml",
         "docs/webhooks.md", "tests/release")
DAY = f"## {VERSION}, 2026-01-30"


class Repository:
    def __init__(self, folder):
        self.dir = folder
        for name in FILES:
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, path)
        self.edit("CHANGELOG.md", rf"(?m)^## {re.escape(VERSION)}.*$", DAY)
        self.git("init", "-q")
        self.commit()
        self.git("tag", f"v{VERSION}")

    def git(self, *args):
        subprocess.run(["git", "-c", "user.name=Ann", "-c",
                        "user.email=ann@example.com", *args], cwd=self.dir,
                       check=True, capture_output=True)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")

    def edit(self, name, old, new):
        path = self.dir / name
        text, n = re.subn(old, new, path.read_text(), count=1)
        assert n == 1, (name, old)
        path.write_text(text)

    def check(self):
        done = subprocess.run([self.dir / "tests/release", "--check"],
                              capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path)


def test_one_version_everywhere_is_released(repository):
    assert repository.check() == (0, f"release: {VERSION}, everywhere\n")


@pytest.mark.parametrize("name, old, new, says", [
    ("configure.ac", re.escape(VERSION), "9.9.9",
     "this commit is tagged " + VERSION + " , configure.ac says '9.9.9'"),
    ("CHANGELOG.md", r"(?m)^## [0-9.]+", "## 9.9.9",
     "CHANGELOG.md says '9.9.9'"),
    ("CHANGELOG.md", "2026-01-30", "not released", "has no day"),
    ("docs/openapi.yaml", r"(?m)^  version: .*$", "  version: 9.9.9",
     "docs/openapi.yaml says '9.9.9'"),
    ("docs/webhooks.md", r"waspool/[0-9.]+", "waspool/9.9.9",
     "docs/webhooks.md says '9.9.9'")])
def test_another_version_somewhere_is_refused(repository, name, old, new,
                                              says):
    repository.edit(name, old, new)
    repository.commit()
    repository.git("tag", "-f", f"v{VERSION}")
    code, told = repository.check()
    assert code == 65 and says in told, told


def test_what_has_no_tag_or_is_not_committed_is_refused(repository):
    repository.edit("CHANGELOG.md", "# Changes", "# What has changed")
    code, told = repository.check()
    assert code == 65 and "not committed" in told
    repository.commit()
    code, told = repository.check()
    assert code == 65 and f"no tag: git tag -s v{VERSION}" in told
    repository.git("tag", "v9.9.9")
    code, told = repository.check()
    assert code == 65 and "this commit is tagged 9.9.9 " in told
    repository.git("tag", "-f", f"v{VERSION}")
    assert repository.check()[0] == 0


def test_documents_have_the_version_of_configure():
    assert f"\n  version: {VERSION}\n" in \
        (ROOT / "docs/openapi.yaml").read_text()
    assert f"waspool/{VERSION}\n" in (ROOT / "docs/webhooks.md").read_text()
    assert re.search(r"(?m)^## ([0-9.]+)", (ROOT / "CHANGELOG.md").read_text()
                     )[1] == VERSION
