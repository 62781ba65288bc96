"""What tests/deploy types is what README.md says: a step that says something
else fails here, and not first in ./dev matrix."""

import sys

import pytest

from rig import ROOT

sys.path.append(str(ROOT / "tests" / "deploy"))

import readme                   # noqa: E402

TEXT = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("systemd", [False, True])
def test_every_word_is_typed(systemd):
    plan = readme.Plan(TEXT, systemd, "http://127.0.0.1:9")
    typed = "\n".join([plan.before, plan.packages, *(s for _, s in plan.steps),
                       *plan.keep.values()])
    assert "make && make install" in typed and "…" not in typed.replace(
        "# You choose", "")
    assert "runuser -u waspool -- waspool init" in typed
    assert len(plan.keep) == (0 if systemd else 5)
    assert ("systemctl" in typed) == systemd


@pytest.mark.parametrize("old, new", [
    ("`waspool init`", "`waspool init` and `reboot`"),
    ("`systemd-sysusers`,", ""), ("mode 0640, owner", "owner"),
    ("\n7. ", "\n8. ")])
def test_another_readme_is_noticed(old, new):
    assert old in TEXT
    with pytest.raises(readme.Drift):
        readme.Plan(TEXT.replace(old, new), True, "")
