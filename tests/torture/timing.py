"""How long a token is looked at says nothing of how much of it is right."""

import statistics
import time


def differ_late(token):
    """Wrong only in its last letter."""
    return token[:-1] + ("a" if token[-1] != "a" else "b")


def differ_early(token):
    return ("a" if token[0] != "a" else "b") + token[1:]


def timing(name, ask, token, luck, report, refused=401, n=3000):
    """How long a refusal takes, with one and the other; in turn, by lot."""
    kinds = {"early": differ_early(token), "late": differ_late(token)}
    times = {k: [] for k in kinds}
    for _ in range(n):
        for k in luck.sample(sorted(kinds), 2):
            began = time.perf_counter_ns()
            status = ask(kinds[k]).status
            times[k].append(time.perf_counter_ns() - began)
            assert status == refused, status
    medians = {k: statistics.median(v) for k, v in times.items()}
    # What the median of this much noise differs by without a reason: the
    # spread of the difference between the halves of one kind, drawn by lot.
    spread = []
    for _ in range(200):
        v = times["early"] + times["late"]
        luck.shuffle(v)
        spread.append(abs(statistics.median(v[:n]) - statistics.median(v[n:])))
    limit = max(spread) * 1.5 + 1000
    apart = abs(medians["early"] - medians["late"])
    text = f"{name}: refused after {medians['early'] / 1000:.1f} µs when the " \
        f"first letter is wrong, {medians['late'] / 1000:.1f} when the last " \
        f"is; {apart / 1000:.2f} apart, chance makes up to " \
        f"{max(spread) / 1000:.2f}"
    assert apart <= limit, text
    report.check(text)
