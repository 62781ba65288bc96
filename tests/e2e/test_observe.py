"""docs/observe: the alert rules as promtool computes them, and in a real
Prometheus beside a node that is broken; the dashboard; each metric."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import time
import urllib.parse
import urllib.request

import pytest
import yaml

from rig import PATIENCE, ROOT, free_port, new_phone, text_message, wait_for

OBSERVE = ROOT / "docs" / "observe"
RULES = OBSERVE / "waspool.rules.yml"
ALERTS = {r["alert"]: r for g in yaml.safe_load(RULES.read_text())["groups"]
          for r in g["rules"]}
NO_PROMETHEUS = pytest.mark.skipif(
    shutil.which("prometheus") is None or shutil.which("promtool") is None,
    reason="no prometheus")
WORDS = re.compile(r"waspool_\w+")


def promtool(*args, **more):
    done = subprocess.run(["promtool", *map(str, args)], text=True,
                          capture_output=True, timeout=PATIENCE, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def metrics(n):
    return n.request("GET", "/metrics").body.decode()


def names(text):
    return set(re.findall(r"(?m)^(waspool_\w+)", text))


# ------------------------------------------------------------------ the files


@NO_PROMETHEUS
def test_promtool_has_nothing_to_say(node, tmp_path):
    assert promtool("check", "metrics", input=metrics(node)) == ""
    assert f"{len(ALERTS)} rules found" in promtool("check", "rules", RULES)
    shutil.copy(RULES, tmp_path)
    shutil.copy(OBSERVE / "prometheus.yml", tmp_path)
    promtool("check", "config", tmp_path / "prometheus.yml")


def test_each_metric_is_there_and_is_shown(node):
    there = names(metrics(node))
    board = json.loads((OBSERVE / "waspool-dashboard.json").read_text())
    shown = set()
    for panel in board["panels"]:
        for target in panel["targets"]:
            shown |= set(WORDS.findall(target["expr"]))
    for variable in board["templating"]["list"]:
        shown |= set(WORDS.findall(variable["query"]))
    assert shown == there
    ids = [p["id"] for p in board["panels"]]
    assert len(set(ids)) == len(ids)
    alerting = {w for r in ALERTS.values() for w in WORDS.findall(r["expr"])}
    assert alerting <= there


def test_each_alert_says_what_to_type(node):
    for name, rule in ALERTS.items():
        assert rule["labels"]["severity"] in ("page", "ticket"), name
        told = rule["annotations"]
        assert told["summary"] and told["type"], name
        assert name in (OBSERVE / "README.md").read_text(), name
        for command in re.findall(r"waspool ([a-z ]+[a-z])", told["type"]):
            words = command.split()[:2]
            done = node.run("waspool", *words, "--help")
            assert done.returncode == 0, (name, words)


# -------------------------------------------------- as promtool computes them

NODE = {"job": "waspool", "instance": "n"}
GAUGES = ("spool_oldest_waiting_timestamp_seconds", "held_dead_deliveries",
          "outbox_oldest_timestamp_seconds", "stopped_numbers",
          "paused_numbers", "awaited_numbers", "files_stopped",
          "media_stopped_numbers", "clock_off_seconds", "search_waiting_rows",
          "inbox_wal_bytes", "spool_wal_bytes",
          "webhooks_refused_since_timestamp_seconds")
# Of a node that is well, an hour: its clock is at zero when it begins.
WELL = {**{f"waspool_{name}": "0x60" for name in GAUGES},
        "up": "1x60",
        "waspool_processor_seen_timestamp_seconds": "0+60x60",
        "waspool_dispatcher_seen_timestamp_seconds": "0+60x60",
        "waspool_webhooks_seen_timestamp_seconds": "0+60x60",
        'waspool_deliveries_refused_total{reason="unauthorized"}': "7x60",
        "waspool_messages_sent_total": "0+100x60",
        "waspool_messages_failed_total": "0+1x60",
        "waspool_webhooks_posted_total": "0+10x60",
        "waspool_webhooks_failed_total": "0+1x60",
        'waspool_disk_free_bytes{dir="state"}': "1000x60",
        'waspool_disk_free_bytes{dir="spool"}': "1000x60",
        'waspool_disk_free_bytes{dir="media"}': "1000x60",
        'waspool_disk_min_free_bytes{dir="state"}': "10x60",
        'waspool_disk_min_free_bytes{dir="spool"}': "10x60",
        'waspool_disk_min_free_bytes{dir="media"}': "100x60"}
LATE = "0+60x10 600x50"     # it was last seen after ten minutes
CAUSES = [
    ({"WaspoolDown"}, {"up": "1x10 0x50"}),
    ({"WaspoolProcessorAway"},
     {"waspool_processor_seen_timestamp_seconds": LATE}),
    ({"WaspoolProcessorAway"},
     {"waspool_processor_seen_timestamp_seconds": "99999x60"}),
    ({"WaspoolDispatcherAway"},
     {"waspool_dispatcher_seen_timestamp_seconds": LATE}),
    (set(), {"waspool_dispatcher_seen_timestamp_seconds": "0x60"}),
    ({"WaspoolWebhooksAway"},
     {"waspool_webhooks_seen_timestamp_seconds": LATE}),
    ({"WaspoolWebhooksRefused"},
     {"waspool_webhooks_refused_since_timestamp_seconds": "0x50 3000x10"}),
    ({"WaspoolWebhooksUnauthorized"},
     {'waspool_deliveries_refused_total{reason="unauthorized"}':
      "7x50 8x10"}),
    ({"WaspoolBacklog"},
     {"waspool_spool_oldest_waiting_timestamp_seconds": "0x50 3000x10"}),
    ({"WaspoolDeadLetters"}, {"waspool_held_dead_deliveries": "0x50 1x10"}),
    ({"WaspoolUnsent"}, {"waspool_outbox_oldest_timestamp_seconds": "60x60"}),
    (set(), {"waspool_outbox_oldest_timestamp_seconds": "3300x60"}),
    ({"WaspoolMessagesFailed"}, {"waspool_messages_failed_total": "0+11x60"}),
    (set(), {"waspool_messages_failed_total": "0+9x60"}),
    ({"WaspoolNumberStopped"}, {"waspool_stopped_numbers": "0x55 1x5"}),
    ({"WaspoolNumberPaused"}, {"waspool_paused_numbers": "0x30 1x30"}),
    (set(), {"waspool_paused_numbers": "0x50 1x10"}),
    ({"WaspoolNumberUnknown"}, {"waspool_awaited_numbers": "0x50 2x10"}),
    ({"WaspoolDiskFull", "WaspoolDiskLow"},
     {'waspool_disk_free_bytes{dir="spool"}': "9x60"}),
    ({"WaspoolDiskLow"}, {'waspool_disk_free_bytes{dir="state"}': "19x60"}),
    ({"WaspoolDiskLow"}, {'waspool_disk_free_bytes{dir="media"}': "99x60"}),
    ({"WaspoolFilesStopped"}, {"waspool_files_stopped": "0x50 1x10"}),
    ({"WaspoolFilesNotFetched"},
     {"waspool_media_stopped_numbers": "0x30 1x30"}),
    ({"WaspoolEndpointsFail"}, {"waspool_webhooks_posted_total": "500x60"}),
    ({"WaspoolClockWrong"}, {"waspool_clock_off_seconds": "-301x60"}),
    ({"WaspoolSearchBehind"}, {"waspool_search_waiting_rows": "10001x60"}),
    ({"WaspoolLogGrows"}, {"waspool_inbox_wal_bytes": "2000000000x60"}),
    (set(), {}),
]


def labelled(series, extra):
    name, _, own = series.partition("{")
    labels = dict(re.findall(r'(\w+)="(\w+)"', own))
    return name, {**extra, **labels}


def written(name, labels):
    return name + "{" + ",".join(
        f'{k}="{v}"' for k, v in sorted(labels.items())) + "}"


def one_test(alerts, cause):
    """A test of promtool: of all alerts these fire after 58 minutes."""
    expected = []
    for name, rule in ALERTS.items():
        fires = []
        if name in alerts:
            about, = (labelled(s, NODE)[1] for s in cause)
            fires = [{"exp_labels": {**about, **rule["labels"]},
                      "exp_annotations": rule["annotations"]}]
        expected.append({"eval_time": "58m", "alertname": name,
                         "exp_alerts": fires})
    return {"interval": "1m",
            "input_series": [
                {"series": written(*labelled(s, NODE)), "values": v}
                for s, v in {**WELL, **cause}.items()],
            "alert_rule_test": expected}


@NO_PROMETHEUS
def test_each_rule_fires_for_its_cause_and_only_then(tmp_path):
    assert set().union(*(a for a, _ in CAUSES)) == set(ALERTS)
    assert WELL.keys() >= set().union(*(c for _, c in CAUSES))
    path = tmp_path / "test.yml"
    path.write_text(json.dumps({
        "rule_files": [str(RULES)],
        "tests": [one_test(*row) for row in CAUSES]}))
    promtool("test", "rules", path)


# -------------------------------------------------------- in a real Prometheus


class Prometheus:
    """One that looks four times a second, and waits for nothing."""

    def __init__(self, folder, nodes):
        self.port = free_port()
        rules = re.sub(r"(?m)^ +for: \d+m\n", "", RULES.read_text())
        (folder / "rules.yml").write_text(rules)
        (folder / "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": "250ms", "scrape_timeout": "250ms",
                       "evaluation_interval": "250ms"},
            "rule_files": ["rules.yml"],
            "scrape_configs": [{"job_name": "waspool", "static_configs": [
                {"targets": [f"127.0.0.1:{n.port}"]} for n in nodes]}]}))
        self.log = open(folder / "log", "w")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={folder}/prometheus.yml",
             f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address=127.0.0.1:{self.port}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def ask(self, path, **query):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?" + \
            urllib.parse.urlencode(query)
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                return json.load(answer)["data"]
        return None

    def alerts(self, n):
        """Those of that node, or of no node."""
        found = self.ask("alerts")
        return None if found is None else {
            a["labels"]["alertname"] for a in found["alerts"]
            if a["labels"].get("instance") in (None, f"127.0.0.1:{n.port}")}

    def says(self, n, *alerts):
        """Exactly these, once it has looked at it again."""
        try:
            wait_for(lambda: self.alerts(n) == set(alerts))
        except AssertionError:
            raise AssertionError((alerts, self.alerts(n))) from None

    def knows(self, n):
        return wait_for(lambda: (self.ask(
            "query", query='waspool_build_info{instance="127.0.0.1:'
            f'{n.port}"}}') or {}).get("result"))

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.close()


@pytest.fixture
def prometheus(tmp_path):
    started = []

    def start(*nodes):
        started.append(Prometheus(tmp_path, nodes))
        for n in nodes:
            started[-1].knows(n)
        return started[-1]
    yield start
    for p in started:
        p.stop()


@contextlib.contextmanager
def frozen(n, program):
    pid = n.freeze(program)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def counter(name):
    """Its place in the file."""
    text = (ROOT / "src/base/counters.h").read_text()
    body = re.sub(r"(?s)/\*.*?\*/", "", text[text.index("enum counter"):])
    return re.findall(r"COUNTER\w+", body).index(name)


def put(n, program, name, value):
    path = n.dir / "state" / f"{program}.counters"
    with open(path, "r+b") as f:
        f.seek(16 + 8 * counter(name))
        f.write(struct.pack("q", int(value)))


@NO_PROMETHEUS
def test_a_real_one_fires_when_a_node_is_broken_and_only_then(
        d360, make_node, prometheus):
    n = make_node(provider=d360, WASPOOL_MIN_FREE="1",
                  WASPOOL_FILES_MIN_FREE="1")
    full = make_node(WASPOOL_MIN_FREE="8192TiB")
    for each in (n, full):
        wait_for(lambda: "waspool_dispatcher_seen_timestamp_seconds 0"
                 not in metrics(each))
    assert full.deliver(text_message(new_phone(), "x")).status == 503
    p = prometheus(n, full)
    p.says(full, "WaspoolDiskFull", "WaspoolDiskLow", "WaspoolFilesStopped",
           "WaspoolWebhooksRefused")
    p.says(n)

    with frozen(n, "actions"):
        p.says(n, "WaspoolDown")
    p.says(n)

    spool = n.dir / "state/spool/spool.db.lock"
    with open(spool) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert n.deliver(text_message(new_phone(), "x")).status == 503
        p.says(n, "WaspoolWebhooksRefused")
    assert n.deliver(text_message(new_phone(), "x")).status == 200
    p.says(n)
    n.drained()

    # What the processor stores of a node, as it would.
    with frozen(n, "waspool-process"):
        before, = n.db("SELECT oldest_at, dead, paused, awaited,"
                       " media_stopped, clock_off, search_waiting, inbox_wal"
                       " FROM node_health")
        names = ("oldest_at", "dead", "paused", "awaited", "media_stopped",
                 "clock_off", "search_waiting", "inbox_wal")
        for column, value, alert in (
                ("oldest_at", int(time.time()) - 600, "WaspoolBacklog"),
                ("dead", 1, "WaspoolDeadLetters"),
                ("paused", 1, "WaspoolNumberPaused"),
                ("awaited", 1, "WaspoolNumberUnknown"),
                ("media_stopped", 1, "WaspoolFilesNotFetched"),
                ("clock_off", -301, "WaspoolClockWrong"),
                ("search_waiting", 10001, "WaspoolSearchBehind"),
                ("inbox_wal", 2 * 10**9, "WaspoolLogGrows")):
            n.write(f"UPDATE node_health SET seen_at = ?, {column} = ?",
                    int(time.time()), value)
            p.says(n, alert)
            n.write(f"UPDATE node_health SET {column} = ?",
                    before[names.index(column)])
        n.write("UPDATE node_health SET seen_at = ?", int(time.time()) - 121)
        p.says(n, "WaspoolProcessorAway")
        n.write("UPDATE node_health SET seen_at = ?", int(time.time()))
        for name, value, alert in (
                ("COUNTER_STOPPED", 1, "WaspoolNumberStopped"),
                ("COUNTER_OUTBOX_OLDEST_AT", time.time() - 700,
                 "WaspoolUnsent")):
            put(n, "waspool-process", name, value)
            p.says(n, alert)
            put(n, "waspool-process", name, 0)
        n.write("UPDATE node_health SET seen_at = ?", int(time.time()))
        p.says(n)
    for program, name, alert in (
            ("webhook-ingest", "COUNTER_ALIVE_AT", "WaspoolWebhooksAway"),
            ("waspool-dispatch", "COUNTER_DISPATCH_AT",
             "WaspoolDispatcherAway")):
        with frozen(n, program):
            put(n, program, name, time.time() - 121)
            p.says(n, alert)
        p.says(n)

    # These two stay for a quarter of an hour.
    assert n.deliver("{}", token="wrong").status == 401
    p.says(n, "WaspoolWebhooksUnauthorized")
    c = n.wait_conversation(n.db("SELECT phone FROM conversations")[0][0])
    d360.fail(7, 400, 131026)
    for _ in range(7):
        assert n.post(f"/conversations/{c['id']}/messages", {
            "type": "text", "text": {"body": "refused"}}).status == 202
    p.says(n, "WaspoolWebhooksUnauthorized", "WaspoolMessagesFailed")
