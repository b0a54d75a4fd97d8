#!/usr/bin/env python3
"""Writes `epochs.csv`, the epochs of a made-up worker, and `expected.json`, its track record by numpy and scipy.

Run it from anywhere: `python3 tests/track_record/oracle.py`. It needs numpy and scipy, and gives the same files every
time. Formulas are those of docs/simulation.md: the statistics by the libraries' own functions where they have one, and
the samples of the bounds by the generator SplitMix64.
"""
import csv
import json
from pathlib import Path

import numpy as np
from scipy import stats

HERE = Path(__file__).resolve().parent
DRAWS, SEED, MASK = 1000, 12, (1 << 64) - 1


def epochs():
    """Truths that wander, a worker that sees part of the next step and is sometimes absent, and a naive reference."""
    random = np.random.default_rng(2026)
    truth, noise, rows = 100.0, 0.0, []
    for _ in range(240):
        step = random.normal()
        noise = 0.7 * noise + random.normal()
        value = truth + 0.5 * step + 0.4 * noise
        naive = truth + 0.9 * random.normal()
        truth += step
        present = random.uniform() > 0.1
        rows.append([f"{truth:.6f}", f"{value:.6f}" if present else "", f"{naive:.6f}"])
    return rows


def splitmix(seed):
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def effective(gains):
    n, centred = len(gains), gains - gains.mean()
    lags = int(4 * (n / 100) ** (2 / 9))
    autocovariance = np.correlate(centred, centred, "full")[n - 1 :] / n
    weights = 1 - np.arange(1, lags + 1) / (lags + 1)
    long_run = autocovariance[0] + 2 * (weights * autocovariance[1 : lags + 1]).sum()
    return min(n, max(1, n * autocovariance[0] / long_run))


def main():
    rows = epochs()
    with open(HERE / "epochs.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["truth", "value", "naive"])
        writer.writerows(rows)
    present = np.array([row[1] != "" for row in rows])
    truth, value, naive = (np.array([float(row[at] or "nan") for row in rows]) for at in range(3))
    first = int(np.argmax(present))
    before = np.concatenate([[np.nan], truth[:-1]])
    kept = np.flatnonzero(present)
    predicted, happened = (value - before)[kept], (truth - before)[kept]
    own, reference = ((value - truth) ** 2)[kept], ((naive - truth) ** 2)[kept]

    def statistics(chosen):
        p, h = predicted[chosen], happened[chosen]
        known = ~np.isnan(p)
        p, h = p[known], h[known]
        return [
            np.mean(np.sign(p) == np.sign(h)),
            stats.pearsonr(p, h)[0],
            1 - own[chosen].sum() / reference[chosen].sum(),
        ]

    n = len(kept)
    length = next(length for length in range(1, n) if length**3 >= n)
    numbers, drawn = splitmix(SEED), []
    for _ in range(DRAWS):
        starts = [(next(numbers) * n) >> 64 for _ in range(-(-n // length))]
        chosen = np.concatenate([(start + np.arange(length)) % n for start in starts])[:n]
        drawn.append(statistics(chosen))
    values = statistics(np.arange(n))
    low, high = np.percentile(np.array(drawn), [2.5, 97.5], axis=0)
    names = ["directional_accuracy", "correlation", "loss_improvement"]
    expected = {
        "epochs": len(rows) - first,
        "participated": n,
        "participation": n / (len(rows) - first),
        "effective_sample": effective(reference - own),
    }
    for at, name in enumerate(names):
        expected[name] = {"value": values[at], "low": low[at], "high": high[at]}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1, default=float) + "\n")


if __name__ == "__main__":
    main()
