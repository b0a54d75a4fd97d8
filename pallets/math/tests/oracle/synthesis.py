#!/usr/bin/env python3
"""Writes `synthesis.csv`: whole bundles of random epochs, with 50 digits and by the book.

The formulas (S 8, 9.2, 9.3) are written down once more here, as plainly as possible, so that the
crate is checked by something that shares no code with it. Run it from anywhere; it needs the
standard library only. Lines: `case,name,index,value`; the inputs of a case come first.
"""
from decimal import Decimal as D, getcontext
from pathlib import Path
import random

getcontext().prec = 50
HERE = Path(__file__).resolve().parent
C, EPS = D("0.75"), D("0.01")


def median(xs):
    s, n = sorted(xs), len(xs)
    return s[n // 2] if n % 2 else (s[n // 2 - 1] + s[n // 2]) / 2


def scale_of(regrets, rule):
    if rule == "mad":
        middle = median(regrets)
        return D("1.4826") * median([abs(r - middle) for r in regrets]) + EPS
    mean = sum(regrets) / len(regrets)
    if len(regrets) == 1:
        return EPS
    return (sum((r - mean) ** 2 for r in regrets) / (len(regrets) - 1)).sqrt() + EPS


def weights(regrets, common, p, rule):
    scale = common if common else scale_of(regrets, rule)
    slopes = [1 / (1 + (p * (C - r / scale)).exp()) for r in regrets]
    return [slope / max(slopes) for slope in slopes]


def mix(rows, w):
    return [sum(a * row[k] for a, row in zip(w, rows)) / sum(w) for k in range(len(rows[0]))]


class Case:
    def __init__(self, rng, number, n, f, labels, rule, common, partial):
        self.n, self.f, self.labels, self.rule = n, f, labels, rule
        value = lambda size: D(rng.randrange(-10**9, 10**9)) / 10**9 * size
        self.p = D(rng.choice([2, 3, 5]))
        self.common = D(rng.randrange(1, 10**6)) / 10**6 if common else D(0)
        self.previous = value(2)
        self.initial = value(1)
        self.inferences = [[value(rng.choice([1, 1000])) for _ in range(labels)] for _ in range(n)]
        self.forecasts = []
        for k in range(f):
            named = [j for j in range(n) if not partial or rng.random() < 0.5]
            self.forecasts.append({j: value(2) for j in named})
        maybe = lambda: value(1) if rng.random() < 0.9 else None
        self.r = [maybe() for _ in range(n + f)]
        self.naive = [maybe() for _ in range(n)]
        self.out = [[maybe() for _ in range(n + f)] for _ in range(n + f)]
        self.taken = [[maybe() for _ in range(n + 1)] for _ in range(f)]
        self.lines, self.number = [], number

    def put(self, name, index, value):
        text = "" if value is None else f"{value:.30f}" if isinstance(value, D) else str(value)
        self.lines.append(f"{self.number},{name},{index},{text}")

    def inputs(self):
        for name in ("n", "f", "labels", "rule", "p", "common", "previous", "initial"):
            self.put(name, 0, getattr(self, name))
        for j, row in enumerate(self.inferences):
            for k, x in enumerate(row):
                self.put("inference", j * self.labels + k, x)
        for k, forecast in enumerate(self.forecasts):
            for j, x in forecast.items():
                self.put("forecast", k * self.n + j, x)
        flat = {"regret": self.r, "naive": self.naive, "out": sum(self.out, []), "in": sum(self.taken, [])}
        for name, cells in flat.items():
            for index, x in enumerate(cells):
                self.put(name, index, x)

    def mixed(self, rows, regrets):
        regrets = [self.initial if r is None else r for r in regrets]
        return mix(rows, weights(regrets, self.common, self.p, self.rule))

    def implied(self, k, without=None):
        named = [j for j in sorted(self.forecasts[k]) if j != without]
        if not named:
            return None
        rows = [self.inferences[j] for j in named]
        return self.mixed(rows, [self.previous - self.forecasts[k][j] for j in named])

    def outputs(self):
        n, kept = self.n, [k for k in range(self.f) if self.forecasts[k]]
        everyone = list(range(n))
        index = 0

        def put(row):
            nonlocal index
            for x in row:
                self.put("value", index, x)
                index += 1

        def group(members, ks, regrets, without=None):
            implied = {k: self.implied(k, without) for k in ks}
            ks = [k for k in ks if implied[k]]
            rows = [self.inferences[j] for j in members] + [implied[k] for k in ks]
            return self.mixed(rows, [regrets(j) for j in members] + [regrets(n + k) for k in ks])

        put(group(everyone, kept, lambda w: self.r[w]))
        put(group(everyone, [], lambda w: self.naive[w]))
        for j in everyone:
            put(self.inferences[j])
        for k in kept:
            put(self.implied(k))
        if n >= 2:
            for k in kept:
                for x in everyone:
                    row = self.implied(k, x)
                    if row:
                        put(row)
            for x in everyone:
                rest = [j for j in everyone if j != x]
                put(group(rest, kept, lambda w: self.out[x][w], x))
        if len(kept) >= 2:
            for k in kept:
                put(group(everyone, [q for q in kept if q != k], lambda w: self.out[n + k][w]))
            for k in kept:
                put(group(everyone, [k], lambda w: self.taken[k][min(w, n)]))


def main():
    rng = random.Random(7)
    lines = ["case,name,index,value"]
    shapes = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (3, 2), (5, 3), (8, 4), (12, 2)]
    number = 0
    for n, f in shapes:
        for rule, common, partial, labels in (("mad", True, False, 1), ("mad", False, True, 2), ("std", False, True, 3), ("std", True, False, 1)):
            case = Case(rng, number, n, f, labels, rule, common, partial)
            case.inputs()
            case.outputs()
            lines += case.lines
            number += 1
    (HERE / "synthesis.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
