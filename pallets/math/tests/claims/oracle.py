"""Reference implementation of pay by claims (S 13.9) in plain floats, without dependencies.

Run `python3 oracle.py` in this directory to write `vectors.json`. A scenario is a made-up topic: values
around a truth, weights by skill; it exercises the rule and is no network. A file has

- `scenarios`: each epoch is one line: the losses `network`, `naive` and `reference` (null without one);
  `inferers` as rows of account, loss without its group, size of the group, own loss, weight; `forecasters` as
  rows of account, loss without its group, loss with the group alone, size of the group, weight; then what is
  expected: `part`, the shares of those present, and the `state` after it: four scales, rows of account, claim
  and excess of all known inferers, rows of account and claim of all known forecasters;
- `reputers`: the network's usual loss, rows of stake and distance, and the expected shares.
"""
import json
import math
import pathlib
import random

MEMORY, GATE_MEMORY, MOST, GROWTH = 1 / 64, 1 / 32, 16.0, 4.0
LIMIT, MEAN, ACCURACY, MOST_DISTANCE, MOST_FORECASTING = 1 / 5, 1 / 50, 1 / 100, 2.0 ** 20, 1 / 2


def clamp(x, low, high):
    return min(max(x, low), high)


def sizes(values):
    """Per key, the number of keys with the same value."""
    return {key: sum(value == other for other in values.values()) for key, value in values.items()}


def shares(*weights):
    """Weights over their sum; without any, the next ones; at last equal shares."""
    for of in weights:
        total = sum(of.values())
        if total > 0:
            return {key: x / total for key, x in of.items()}
    return {key: 1 / len(of) for key in of}


class Topic:
    def __init__(self):
        self.worth = self.loss = self.reference = self.forecasting = 0.0
        self.inferers = {}  # account -> [claim, excess]
        self.forecasters = {}  # account -> claim

    def settle(self, network, naive, reference, inferers, forecasters):
        """Settles an epoch; arguments as in the file. Returns part, shares of inferers and of forecasters."""
        worth = {j: (out - network) / size for j, (out, size, _, _) in inferers.items()}
        of_forecasters = {k: ((out - network) + (naive - alone)) / 2 / size for k, (out, alone, size, _) in forecasters.items()}
        groups = sum(1 / size for _, size, _, _ in inferers.values())
        mean = sum(abs(x) for x in worth.values()) / groups if worth else 0.0
        self.worth = self.worth or mean
        self.loss = self.loss or abs(network)
        if reference is not None:
            self.reference = self.reference or abs(reference)

        def step(claim, x, size=1):
            most = MOST / size  # that of the whole group
            unit = clamp(x, -most * self.worth, most * self.worth) / self.worth if self.worth > 0 else 0.0
            return claim - MEMORY * claim + unit

        for j in set(self.inferers) | set(inferers):
            known = self.inferers.setdefault(j, [0.0, 0.0])
            known[0] = step(known[0], worth.get(j, 0.0), inferers[j][1] if j in inferers else 1)
        for k in set(self.forecasters) | set(forecasters):
            self.forecasters[k] = step(self.forecasters.get(k, 0.0), of_forecasters.get(k, 0.0), forecasters[k][2] if k in forecasters else 1)
        self.forecasting = step(self.forecasting, naive - network if forecasters else 0.0)

        masses, weights = {}, {}
        for j, (_, _, own, weight) in inferers.items():
            known, gate = self.inferers[j], 1.0
            if reference is not None and self.reference > 0:
                known[1] += GATE_MEMORY * (clamp((own - network) / self.reference, -MOST, MOST) - known[1])
                gate = 1 / (1 + (max(known[1], 0.0) / LIMIT) ** 8)
            masses[j], weights[j] = gate * max(known[0], 0.0), gate * weight
        claims = {k: max(self.forecasters[k], 0.0) for k in forecasters}
        part = 0.0
        gain = min(self.forecasting, sum(claims.values()))
        if gain > 0:
            part = min(MOST_FORECASTING, gain / (gain + sum(max(self.inferers[j][0], 0.0) for j in inferers)))

        self.worth += MEMORY * (min(mean, GROWTH * self.worth) - self.worth)
        self.loss += MEMORY * (min(abs(network), GROWTH * self.loss) - self.loss)
        if reference is not None:
            self.reference += GATE_MEMORY * (min(abs(reference), GROWTH * self.reference) - self.reference)
        of_inferers = shares(masses, weights) if inferers else {}
        by_weight = {k: weight for k, (_, _, _, weight) in forecasters.items()}
        return part, of_inferers, shares(claims, by_weight) if forecasters else {}

    def state(self):
        return dict(
            scales=[self.worth, self.loss, self.reference, self.forecasting],
            inferers=[[j, *known] for j, known in sorted(self.inferers.items())],
            forecasters=[[k, claim] for k, claim in sorted(self.forecasters.items())],
        )


def accuracy(loss, stakes, distances):
    """The shares of reputers."""
    def of(distance):
        unit = ACCURACY * loss
        r = 0.0 if distance <= 0 else min(distance / unit, MOST_DISTANCE) if unit > 0 else MOST_DISTANCE
        return 1 / (1 + r * r)

    masses = {m: stake * of(distances[m]) for m, stake in enumerate(stakes)}
    return list(shares(masses, dict(enumerate(stakes))).values())


def epoch(r, t, inferers, forecasters, mean, custom, absurd, absent, copies, scale):
    """What an epoch's truth shows, and the truth."""
    y = scale * (r.gauss(0, 1) + 3)
    skill = [0.3 + 0.15 * j for j in range(inferers)]
    values = {j: y + scale * skill[j] * r.gauss(0, 1) for j in range(inferers) if not any(j == who and since <= t < until for who, since, until in absent)}
    for copy, copied in copies:
        if copy in values and copied in values:
            values[copy] = values[copied]
    total = sum(1 / skill[j] ** 2 for j in values)
    weights = {j: 1 / skill[j] ** 2 / total for j in values}
    if absurd and absurd[0] == t:
        values[absurd[1]] = 1e15
        middle = sorted(values.values())[len(values) // 2]  # the network's band
        values = {j: clamp(x, middle - 4 * scale, middle + 4 * scale) for j, x in values.items()}
    plain = sum(weights[j] * values[j] for j in values)
    tilted = {k: plain + scale * 0.1 * (k + 1) * r.gauss(0, 1) + 0.2 * (y - plain) for k in range(forecasters)}
    if forecasters > 2:
        tilted[2] = tilted[1]
    share = 0.3 / max(1, forecasters)

    def loss(x):
        return math.log10((y - x) ** 2 + 1e-8) if custom else (y - x) ** 2

    def network(value, kept):
        return loss((value + sum(share * tilted[k] for k in kept)) / (1 + share * len(kept)))

    def without(j):
        kept = {i: weights[i] for i in values if values[i] != values[j]}
        total = sum(kept.values())
        return sum(w * values[i] for i, w in kept.items()) / total if total > 0 else plain

    of_inferers, of_forecasters = sizes(values), sizes(tilted)
    return y, dict(
        network=network(plain, tilted),
        naive=loss(plain),
        reference=None if custom else (y - mean) ** 2,
        inferers=[[j, network(without(j), tilted), of_inferers[j], loss(x), weights[j]] for j, x in values.items()],
        forecasters=[[k, network(plain, [i for i in tilted if tilted[i] != x]), network(plain, [i for i in tilted if tilted[i] == x]), of_forecasters[k], 1 / forecasters] for k, x in tilted.items()],
    )


def scenario(name, seed, epochs, inferers, forecasters, custom=False, absurd=None, absent=(), copies=(), scale=1.0):
    r, topic, mean, rows = random.Random(seed), Topic(), 0.0, []
    for t in range(epochs):
        y, row = epoch(r, t, inferers, forecasters, mean, custom, absurd, absent, copies, scale)
        mean += max(MEAN, 1 / (t + 1)) * (y - mean)
        part, of_inferers, of_forecasters = topic.settle(row["network"], row["naive"], row["reference"], {j: rest for j, *rest in row["inferers"]}, {k: rest for k, *rest in row["forecasters"]})
        expected = dict(part=part, inferer_shares=list(of_inferers.values()), forecaster_shares=list(of_forecasters.values()), state=topic.state())
        rows.append(json.dumps({**row, **digits(expected)}, separators=(",", ":")))
    return f'{{"name": "{name}", "epochs": [\n' + ",\n".join(rows) + "\n]}"


def digits(x):
    """The numbers of a result with 14 digits."""
    if isinstance(x, float):
        return float(f"{x:.14g}")
    if isinstance(x, dict):
        return {key: digits(y) for key, y in x.items()}
    return [digits(y) for y in x] if isinstance(x, (list, tuple)) else x


def reputers():
    r, rows = random.Random(9), []
    for n, loss in ((1, 1.0), (3, 0.5), (6, 2.0), (4, 0.0)):
        distances = [0.0 if r.random() < 0.3 else 10 ** r.uniform(-6, 3) for _ in range(n)]
        stakes = [float(r.randrange(1, 10 ** 6)) for _ in range(n)]
        stakes = [stake / sum(stakes) for stake in stakes]
        rows.append(json.dumps(dict(loss=loss, reputers=[list(pair) for pair in zip(stakes, distances)], shares=digits(accuracy(loss, stakes, distances)))))
    return ",\n".join(rows)


SCENARIOS = [
    dict(name="plain", epochs=16, inferers=5, forecasters=2),
    dict(name="custom losses", epochs=12, inferers=4, forecasters=1, custom=True),
    dict(name="absurd value and absences", epochs=24, inferers=6, forecasters=0, absurd=(18, 2), absent=((1, 6, 15), (5, 0, 9))),
    dict(name="copies", epochs=14, inferers=5, forecasters=3, copies=((3, 0), (4, 0))),
    dict(name="one inferer", epochs=4, inferers=1, forecasters=0),
    dict(name="small unit", epochs=8, inferers=4, forecasters=2, scale=1e-4),
    dict(name="large unit", epochs=8, inferers=4, forecasters=2, scale=1e4),
]

if __name__ == "__main__":
    text = ",\n".join(scenario(seed=seed + 1, **options) for seed, options in enumerate(SCENARIOS))
    file = pathlib.Path(__file__).parent / "vectors.json"
    file.write_text(f'{{"scenarios": [\n{text}\n],\n"reputers": [\n{reputers()}\n]}}\n')
