"""waspool setup: with options, on a terminal, again, and what it refuses. There is
no installation here: files are in a folder of the test's own, which belongs to
whoever runs it. ./dev package does it as root in an installed system."""

import os
import pty
import select
import stat
import subprocess

import pytest

from rig import BUILD, PATIENCE, clean_environment

WASPOOL = BUILD / "inst/bin/waspool"
EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_UNAVAILABLE = 64, 65, 66, 69
EX_TEMPFAIL, EX_CONFIG = 75, 78
KEY = "key-of-the-number-0123456789"
ANSWERS = {"--number": "106540352242922", "--url": "https://wa.example.com",
           "--workspace": "My shop", "--email": "ann@example.com",
           "--name": "Ann Example"}


class Place:
    """A folder in which setup makes all, and the imitated provider."""

    def __init__(self, folder, d360):
        self.folder, self.d360 = folder, d360
        self.conf, self.key = folder / "waspool.conf", folder / "given"
        self.conf.write_text("".join(
            f"WASPOOL_{name}_DIR={folder}/{name.lower()}\n"
            for name in ("STATE", "RUN", "KEY", "TOKEN")) +
            f"WHATSAPP_API_URL={d360.url}\nWHATSAPP_CLOUD_URL={d360.url}")
        self.conf.chmod(0o644)
        self.write(self.key, d360.key)
        self.env = clean_environment({"WASPOOL_CONFIG": str(self.conf)})

    @staticmethod
    def write(path, text, mode=0o600):
        path.write_text(text + "\n")
        path.chmod(mode)

    def run(self, *args, input=""):
        return subprocess.run([WASPOOL, *map(str, args)], env=self.env,
                              text=True, input=input, capture_output=True,
                              timeout=120)

    def setup(self, *more, answers=ANSWERS, key=True, **how):
        words = [w for pair in answers.items() for w in pair]
        if key:
            words += ["--key-file", self.key]
        return self.run("--json", "setup", *words, *more, **how)

    def values(self):
        return dict(line.split("=", 1) for line in
                    self.conf.read_text().splitlines() if "=" in line)

    def made(self):
        return sorted(str(p.relative_to(self.folder))
                      for p in self.folder.rglob("*"))


@pytest.fixture
def place(tmp_path, d360):
    return Place(tmp_path, d360)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_from_a_number_to_an_inbox(place):
    done = place.setup()
    assert done.returncode == 0, done.stderr
    # Nothing but JSON, and no secret.
    assert '"changed":true,"webhook":true' in done.stdout
    assert place.d360.key not in done.stdout + done.stderr
    values = place.values()
    hook = place.d360.webhooks[place.d360.key]
    assert hook == {
        "url": "https://wa.example.com/api/webhooks/whatsapp", "headers": {
            "Authorization": "Bearer " + values["WHATSAPP_WEBHOOK_TOKEN"]}}
    assert len(values["WHATSAPP_WEBHOOK_VERIFY_TOKEN"]) == 64
    assert values["WHATSAPP_PHONE_NUMBER_ID"] == ANSWERS["--number"]
    assert values["WASPOOL_URL"] == ANSWERS["--url"]
    assert mode(place.conf) & 0o007 == 0
    key = place.folder / "key" / ANSWERS["--number"]
    assert key.read_text() == place.d360.key + "\n" and mode(key) == 0o600
    members = place.run("--json", "member", "list", "1").stdout
    assert "ann@example.com" in members and '"owner"' in members
    assert ANSWERS["--number"] in place.run("number", "list").stdout
    assert "https://wa.example.com/inbox/#invitation=wi_" in done.stdout


def test_again_it_changes_nothing(place):
    place.setup()
    before = {p: place.folder.joinpath(p).stat().st_mtime_ns
              for p in place.made() if p.startswith("key/")
              or p == "waspool.conf"}
    text = place.conf.read_text()
    for how in ({}, {"answers": {}, "key": False}):
        done = place.setup(**how)
        assert done.returncode == 0, done.stderr
        assert '"changed":false' in done.stdout and '"link":null' in done.stdout
    assert place.conf.read_text() == text
    assert before == {p: place.folder.joinpath(p).stat().st_mtime_ns
                      for p in before}
    # A colleague gets what the first got, and the rest stays.
    done = place.setup(answers={"--email": "bob@example.com", "--name": "Bob"},
                       key=False)
    assert '"changed":true' in done.stdout and "wi_" in done.stdout
    # Another key is a newer one.
    place.write(place.key, KEY)
    done = place.setup("--no-webhook")
    assert '"changed":true' in done.stdout
    assert KEY in (place.folder / "key" / ANSWERS["--number"]).read_text()


def test_without_a_terminal_it_says_all_that_is_missing(place):
    done = place.run("setup")
    assert done.returncode == EX_USAGE
    assert ("--number, --key-file, --url, --workspace, --email, --name"
            in done.stderr)
    done = place.setup("--provider", "cloud")
    assert done.returncode == EX_USAGE and "--app-secret-file" in done.stderr
    assert place.made() == ["given", "waspool.conf"]


@pytest.mark.parametrize("option, value", [
    ("--number", "+49 170 1234567"), ("--number", "../../etc/passwd"),
    ("--provider", "claud"), ("--url", "wa.example.com"),
    ("--url", "http://wa.example.com"), ("--url", "https://wa.example.com/x"),
    ("--url", "https://wa.example.com;\nlocation /"),
    ("--url", "https://a b"), ("--url", "https://wa.example.com:123456"),
    ("--email", "ann"), ("--name", " "), ("--name", "x" * 101),
    ("--workspace", "\x01"), ("--account", "a"),
    ("--key-file", "/nowhere")])
def test_bad_answers_leave_nothing_behind(place, option, value):
    done = place.setup(option, value)
    assert done.returncode in (EX_USAGE, EX_NOINPUT), done
    assert place.made() == ["given", "waspool.conf"]


@pytest.mark.parametrize("text", ["", "two words", "k\u00e9y"])
def test_a_key_is_one_word(place, text):
    place.write(place.key, text)
    done = place.setup()
    assert done.returncode in (EX_USAGE, EX_NOINPUT), done
    assert place.made() == ["given", "waspool.conf"]


def test_a_key_that_others_may_read_is_refused(place):
    place.key.chmod(0o644)
    done = place.setup()
    assert done.returncode == EX_NOINPUT and "chmod 600" in done.stderr
    assert place.made() == ["given", "waspool.conf"]


def test_a_key_may_come_through_a_pipe(place):
    done = place.setup("--key-file", "-", key=False, input=KEY + "\n")
    assert done.returncode == EX_UNAVAILABLE        # the provider knows another
    assert KEY in (place.folder / "key" / ANSWERS["--number"]).read_text()
    assert KEY not in done.stdout + done.stderr


def test_what_the_provider_refuses_can_be_done_again(place):
    place.d360.fail(1, 400, 100, "Bad", where="webhook", shape="meta")
    done = place.setup()
    assert done.returncode == EX_UNAVAILABLE and '"webhook":false' in done.stdout
    done = place.setup(answers={}, key=False)
    assert done.returncode == 0 and '"changed":false' in done.stdout
    assert place.d360.key in place.d360.webhooks


def test_what_is_said_otherwise_is_not_changed_by_the_way(place):
    place.setup()
    text = place.conf.read_text()
    done = place.setup("--url", "https://other.example.com")
    assert done.returncode == EX_DATAERR and "WASPOOL_URL" in done.stderr
    place.write(place.folder / "secret", "0123456789abcdef")
    done = place.setup("--provider", "cloud", "--app-secret-file",
                       place.folder / "secret")
    assert done.returncode == EX_DATAERR and "number provider" in done.stderr
    # Rows and configuration go together: the workspace was not made either.
    done = place.setup("--workspace", "Another one")
    assert done.returncode == EX_DATAERR and "number move" in done.stderr
    assert "Another one" not in place.run("workspace", "list").stdout
    assert place.conf.read_text() == text
    assert not [p for p in place.made() if p.endswith(".new")]


def test_meta_signs_with_the_secret_of_its_app(place):
    place.write(place.folder / "secret", "0123456789abcdef")
    done = place.setup("--provider", "cloud", "--app-secret-file",
                       place.folder / "secret", "--account", "102290129340398",
                       "--no-webhook")
    assert done.returncode == 0, done.stderr
    values = place.values()
    assert values["WHATSAPP_APP_SECRET"] == "0123456789abcdef"
    assert "WHATSAPP_WEBHOOK_TOKEN" not in values
    number = place.run("--json", "number", "list").stdout
    assert '"cloud"' in number and "102290129340398" in number


class Terminal:
    """Somebody who answers each question once it was asked."""

    def __init__(self, place, *args):
        self.ours, theirs = pty.openpty()
        self.child = subprocess.Popen([WASPOOL, "setup", *args], stdin=theirs,
                                      stdout=theirs, stderr=theirs,
                                      env=place.env, start_new_session=True)
        os.close(theirs)
        self.said, self.seen = "", 0

    def until(self, text):
        seen = self.seen
        while text not in self.said[seen:]:
            assert self.more(), f"not asked: {text}: {self.said}"
        self.seen = len(self.said)

    def answer(self, question, text):
        self.until(question)
        os.write(self.ours, text.encode() + b"\n")

    def end(self):
        """Its status, once it has said all."""
        while self.more():
            pass
        os.close(self.ours)
        return self.child.wait(PATIENCE)

    def more(self):
        """It said something, and has not ended."""
        if not select.select([self.ours], [], [], PATIENCE)[0]:
            self.child.kill()
            raise AssertionError(f"it waits: {self.said}")
        try:
            piece = os.read(self.ours, 4096)
        except OSError:         # nobody has the other end
            return False
        self.said += piece.decode()
        return bool(piece)


def test_it_asks_on_a_terminal(place):
    t = Terminal(place, "--no-webhook")
    t.answer("phone_number_id: ", "+1 650")
    t.answer("is digits", "106540352242922")    # it asks again
    t.answer("[360dialog]: ", "")
    t.answer("API key (it is not shown): ", place.d360.key)
    t.answer("address of this site", "https://wa.example.com/")
    t.answer("workspace's name", "My shop")
    t.answer("e-mail address: ", "ann@example.com")
    t.answer("name: ", "Ann")
    assert t.end() == 0, t.said
    assert place.d360.key not in t.said
    assert "wi_" in t.said and "doctor" in t.said
    text = place.conf.read_text()
    # Again: what is there is offered, and Enter keeps it.
    t = Terminal(place, "--no-webhook")
    for there in ("[106540352242922]: ", "[360dialog]: ", "[as it is]: ",
                  "[https://wa.example.com]: ", "[My shop]: ",
                  "[ann@example.com]: ", "[Ann]: "):
        t.answer(there, "")
    assert t.end() == 0, t.said
    assert "made " not in t.said and place.conf.read_text() == text


def test_who_stops_answering_has_changed_nothing(place):
    t = Terminal(place)
    t.answer("phone_number_id: ", "106540352242922")
    t.answer("[360dialog]: ", "")
    t.answer("not shown): ", "secret\x03")      # ^C, which is not taken as a key
    assert t.end() == EX_USAGE
    assert "secret" not in t.said and "nothing was changed" in t.said
    assert place.made() == ["given", "waspool.conf"]


def test_another_setup_that_runs_is_said(place):
    """Somebody answers on a terminal: others leave it alone until he is done."""
    t = Terminal(place, "--no-webhook")
    t.answer("phone_number_id: ", "106540352242922")
    for _ in range(2):
        done = place.setup("--no-webhook")
        assert done.returncode == EX_TEMPFAIL, done
        assert "another setup runs" in done.stderr and done.stdout == ""
    assert place.made() == ["given", "waspool.conf"]
    t.child.kill()
    t.end()
    # What was killed stops nobody.
    done = place.setup("--no-webhook")
    assert done.returncode == 0 and '"changed":true' in done.stdout, done


def test_a_configuration_that_is_not_there(place):
    place.conf.unlink()
    done = place.setup("--no-webhook")
    assert done.returncode == EX_CONFIG and str(place.conf) in done.stderr
    assert place.made() == ["given"]


def test_of_three_at_once_one_sets_up(place):
    words = [w for pair in ANSWERS.items() for w in pair]
    three = [subprocess.Popen(
        [WASPOOL, "--json", "setup", *words, "--key-file", place.key,
         "--no-webhook"], env=place.env, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    said = [(*p.communicate(timeout=120), p.returncode) for p in three]
    # Who comes when the first has ended finds all there.
    assert sum('"changed":true' in out for out, _, _ in said) == 1, said
    for out, err, code in said:
        assert code == 0 or (code == EX_TEMPFAIL and out == "" and
                             "another setup runs" in err), (code, err)
    text = place.conf.read_text()
    assert all(text.count(f"\n{key}=") == 1 for key in place.values()
               if key != "WASPOOL_STATE_DIR"), text
    done = place.setup("--no-webhook", answers={}, key=False)
    assert done.returncode == 0 and '"changed":false' in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_has_the_words_of_the_help(place, shell):
    said = place.run("completion", shell).stdout
    words = place.run("--help").stdout.split("\n\n")[2]
    nouns = [line.split()[0] for line in words.splitlines()
             if line.startswith("  ") and line[2] != " "]
    assert len(nouns) > 30 and all(n in said for n in nouns)
    assert "no-webhook" in said and "move" in said
    assert place.run("completion", "csh").returncode == EX_USAGE


def test_bash_completes_nouns_verbs_and_options(place):
    script = place.folder / "completion"
    script.write_text(place.run("completion", "bash").stdout)

    def complete(*words):
        done = subprocess.run(
            ["bash", "-c", f'. {script}; COMP_WORDS=("$@"); '
             'COMP_CWORD=$(($# - 1)); _waspool; echo "${COMPREPLY[@]}"',
             "bash", "waspool", *words], text=True, capture_output=True,
            check=True, stdin=subprocess.DEVNULL)
        assert done.stderr == ""
        return done.stdout.split()

    assert complete("se") == ["setup", "search", "send"]
    assert complete("number", "m") == ["move"]
    assert complete("number", "add", "--p") == ["--provider"]
    assert complete("setup", "--no") == ["--no-webhook", "--no-nginx"]
    assert complete("setup", "file") == []
