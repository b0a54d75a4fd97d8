"""Writes runs of the mixture rule, computed by `oracle.py` in floats, to `runs/`.

Run `python3 generate.py` in this directory. Pools are random and small, with absences, a newcomer,
several labels, forecasters and all losses. A file is one object; each of its epochs is one line:

- `workers`, `values`, `losses`: accounts in ascending order, a row per worker, a loss per worker;
- `forecasters`: account and expected losses, as pairs of account and loss;
- `truth`: a value per label, null in a custom topic;
- `out`: what the epoch publishes, under the names of `Synthesis`; `kept`: what it keeps;
- `learned`: how many epochs were learned before it began;
- `topic`, `worker_states`, `forecaster_states`: the states after it was learned.
"""
import json
import math
import pathlib
import random

import oracle

INPUTS = ("values", "losses", "forecasters", "truth")
RUNS = pathlib.Path(__file__).parent / "runs"


def digits(x):
    """The numbers of a result with 12 digits, lists of lists included."""
    if isinstance(x, float):
        return float(f"{x:.12g}")
    return [digits(y) for y in x] if isinstance(x, (list, tuple)) else x


def states(topic):
    """What a topic has learned, as lists."""
    return dict(
        topic=[topic.s, topic.spread, topic.epochs, [list(a) for a in topic.top], [[s, *k] for s, k in zip(topic.scale, topic.k)]],
        worker_states=[[i, w.r[0], w.v[0], w.r[1], w.v[1], w.lw, w.beta, w.loss] for i, w in sorted(topic.workers.items())],
        forecaster_states=[[i, f.r, f.v] for i, f in sorted(topic.forecasters.items())],
    )


def truth_and_values(r, topic, base, skill, present, low):
    """A truth, and values of those present, near it by their skill."""
    labels = topic.labels
    if topic.probabilities:
        hot = r.randrange(labels)
        truth = [1.0 if l == hot else 0.0 for l in range(labels)]
    else:
        base[:] = [b + (0.0 if low else r.gauss(0, 0.3)) for b in base]
        truth = [round(max(0.01, b) if topic.loss == "poisson" else b, 6) for b in base]
        if topic.unity:
            truth[-1] = round(1.0 - sum(truth[:-1]), 6)
    values = {}
    for j in present:
        noise, bias = skill[j]
        if topic.probabilities:
            q = [math.exp(r.gauss(0, 1) + (1.2 if t else 0) / (1 + noise)) for t in truth]
            row = [round(a / sum(q), 6) for a in q]
            row[-1] = round(1.0 - sum(row[:-1]), 6)
        else:
            row = [t + bias + noise * r.gauss(0, 1) for t in truth]
            row = [round(x if topic.unity else max(1e-3, x), 6) for x in row]
            if topic.unity:
                row[-1] = round(1.0 - sum(row[:-1]), 6)
            row = sorted(row) if topic.loss == "pinball" else row
        values[j] = row
    return truth, values


def case(name, seed, loss="squared", labels=1, n=5, f=2, epochs=14, lag=2, levels=None, delta=1.0, outlier=False, copies=False, unity=False, low=False):
    r = random.Random(seed)
    unity = unity or loss in ("brier", "cross-entropy")
    topic = oracle.Topic(loss, labels, unity, delta, levels)
    skill = [(math.exp(r.uniform(-2, 0.5)), r.gauss(0, 0.2)) for _ in range(n)]
    base = [0.05 if low else r.uniform(2, 6) for _ in range(labels)]
    pending, rows = [], []

    def learn():
        epoch, truth, losses, row = pending.pop(0)
        topic.end(epoch, truth, losses)
        row.update(states(topic))

    for e in range(epochs):
        if len(pending) == lag:
            learn()
        absent = {n - 1} if e < 6 else set()
        absent |= {1} if e in (4, 5, 9) else set()
        present = [j for j in range(n) if j not in absent]
        truth, values = truth_and_values(r, topic, base, skill, present, low)
        if outlier and e == 8:
            values[n - 1] = [1e15, 1.0 - 1e15] if topic.unity else [1e15] * labels
        if copies and e > 3:
            values[2] = list(values[0])
        forecasts = {100 + k: {j: round(r.gauss(-1, 0.7), 6) for j in range(n) if r.random() > 0.1} for k in range(f)}
        if e == 3:
            forecasts.pop(100, None)
        epoch = topic.begin(values, forecasts)
        custom = loss == "custom"
        losses = {j: round(sum((a - t) ** 2 for a, t in zip(values[j], truth)), 6) if custom else topic.reported_loss(truth, values[j]) for j in values}
        row = dict(
            workers=epoch.ids,
            values=epoch.raw,
            losses=[losses[j] for j in epoch.ids],
            forecasters=[[k, sorted([j, x] for j, x in forecasts[k].items() if j in values)] for k in epoch.fids],
            truth=None if custom else truth,
            learned=len(rows) - len(pending),
            out=[epoch.network, epoch.naive, epoch.weights, epoch.fweights, epoch.out, epoch.fout, epoch.fin, epoch.interval],
            kept=[epoch.network, epoch.np, epoch.ns, epoch.fvalues, [z[1] for z in epoch.experts if len(z) > 1], epoch.mad],
        )
        pending.append((epoch, None if custom else truth, losses if custom else None, row))
        rows.append(row)
    while pending:
        learn()
    head = dict(loss=loss, labels=labels, unity=unity, delta=delta, levels=levels)
    lines = [json.dumps({key: value if key in INPUTS else digits(value) for key, value in row.items()}, separators=(",", ":")) for row in rows]
    text = json.dumps(head)[:-1] + ', "epochs": [\n' + ",\n".join(lines) + "\n]}\n"
    (RUNS / f"{name}.json").write_text(text)


CASES = dict(
    squared=dict(epochs=30),
    squared_outlier=dict(outlier=True, epochs=20),
    squared_copies=dict(copies=True, epochs=20, n=6),
    squared_labels=dict(labels=3),
    squared_alone=dict(n=2, f=0, epochs=12),
    absolute=dict(loss="absolute", epochs=30),
    absolute_labels=dict(loss="absolute", labels=2),
    huber=dict(loss="huber", delta=0.5),
    log_cosh=dict(loss="log-cosh"),
    pinball=dict(loss="pinball", levels=[0.9], epochs=20),
    pinball_labels=dict(loss="pinball", labels=3, levels=[0.1, 0.5, 0.9]),
    brier=dict(loss="brier", labels=3),
    cross_entropy=dict(loss="cross-entropy", labels=3, epochs=20),
    poisson=dict(loss="poisson"),
    ztae=dict(loss="ztae"),
    custom=dict(loss="custom", epochs=20),
    squared_unity=dict(labels=2, unity=True, outlier=True),
    poisson_low=dict(loss="poisson", low=True, epochs=25, n=4, f=0),
    pinball_outlier=dict(loss="pinball", labels=3, levels=[0.1, 0.5, 0.9], outlier=True, epochs=20),
)

if __name__ == "__main__":
    RUNS.mkdir(exist_ok=True)
    for seed, (name, options) in enumerate(CASES.items()):
        case(name, seed + 1, **options)
