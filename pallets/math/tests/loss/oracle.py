#!/usr/bin/env python3
"""Writes the oracles of the losses and prints the table of `src/loss/atan.rs`.

Run it from anywhere: `python3 tests/loss/oracle.py`. It needs mpmath, computes with 200 digits and
gives the same files every time. `functions.csv` has the functions of which losses consist: the
argument and the result are integers times powers of two, the latter of 100 bits.

`cases.csv` has the losses. Formulas are those of S 10.3 as they stand there, without the
rearrangements of the code. Its lines are

    loss,parameters,floor,truth,values,spreads,result

where all numbers but the result are integers in units of 1e-18, one per label, separated by `;`. A
spread is `mean:deviation`. The result has 60 digits. Floors are from 1e-12 to 1e15, the lowest and the
highest that a topic may have.
"""
from pathlib import Path
import random

from mpmath import mp, mpf, atan, cosh, exp, floor, log, nstr, pi, sqrt, tanh

mp.dps = 200
HERE = Path(__file__).resolve().parent
ONE = 10**18
TOP = 10**33
EXTREMES = [0, 1, -1, TOP, -TOP, TOP - 1, ONE, -ONE, 10**9, 10**25]
FLOORS = [10**6, 10**10, 10**15, ONE]
HIGH_FLOORS = [10**24, TOP]


def dec(units):
    return mpf(units) / ONE


# ---------------------------------------------------------------- formulas
def sign(x):
    return 1 if x >= 0 else -1


def huber(e, delta):
    e = abs(e)
    return e**2 / 2 if e <= delta else delta * (e - delta / 2)


def pinball(e, q):
    return q * e if e >= 0 else (q - 1) * e


def limited(x):
    return min(max(x, mpf(0)), mpf(1))


def power(z):
    return z / (1 + z**2) ** (mpf(3) / 8)


def czar_hard(t, x, d):
    """CZAR without softening."""
    size = 1 + d**2
    g = lambda y: 1 / (1 + y**2)
    k = lambda y: 2 * abs(y) / (1 + y**2) ** 2
    s = sign(t)
    shifted = t + s * d
    h1, h3 = size * k(d), size * k(shifted)
    if s * x <= 0:
        return h1 * x**2 / 2 - s * x + s * size * (atan(shifted) - atan(s * d))
    if s * x <= abs(t):
        return s * size * (atan(shifted) - atan(x + sign(x) * d))
    return min(h1, h3) * (x - t) ** 2 / 2 + s * size * g(shifted) * (x - t)


def softplus(x):
    return log(1 + exp(x))


def czar(t, x, alpha):
    d = alpha / sqrt(mpf(3))
    size = 1 + d**2
    area, b = size * (atan(1 + d) - atan(d)), d / size
    e = atan(mpf(1)) if d == 0 else (sqrt(1 + 4 * b * area) - 1) / (2 * b)
    whole = e + b * e**2
    width = abs(1 - size * (pi / 2 - atan(d)) / whole) / 20
    m = 1 - size * (atan(abs(t) + d) - atan(d)) / whole
    softening = softplus(m / width) / softplus(1 / width)
    return czar_hard(t, x, d) + softening * czar_hard(mpf(0), e, d)


def result(loss, parameters, lowest, truth, values, spreads):
    pairs = [(dec(t), dec(x)) for t, x in zip(truth, values)]
    std = lambda i: dec(max(spreads[i][1], 10**9))
    scores = lambda: [[(v - dec(spreads[i][0])) / std(i) for v in p] for i, p in enumerate(pairs)]
    if loss == "squared":
        total = sum((t - x) ** 2 for t, x in pairs)
    elif loss == "absolute":
        total = sum(abs(t - x) for t, x in pairs)
    elif loss == "huber":
        total = sum(huber(t - x, dec(parameters[0])) for t, x in pairs)
    elif loss == "log-cosh":
        total = sum(ln_cosh(abs(t - x)) for t, x in pairs)
    elif loss == "pinball":
        total = sum(pinball(t - x, dec(q)) for (t, x), q in zip(pairs, parameters)) / len(pairs)
    elif loss == "brier":
        total = sum((limited(t) - limited(x)) ** 2 for t, x in pairs)
    elif loss == "cross-entropy":
        return -sum(limited(t) * log(max(limited(x), mpf(10) ** -9)) for t, x in pairs)
    elif loss == "poisson":
        total = sum(x - t * log(x) for t, x in pairs)
        return max(min(total, mpf(1000)), mpf(-1000))
    elif loss == "ztae":
        # Tangents of large scores may agree in all digits; their difference is then below 1e-190.
        total = sum(abs(tanh(t) - tanh(x)) for t, x in scores())
    elif loss == "zptae":
        total = sum(abs(power(t) - power(x)) + (abs(t - x) / 100) ** 4 for t, x in scores())
    else:
        alpha = dec(parameters[0])
        total = sum(czar(t / std(i), x / std(i), alpha) for i, (t, x) in enumerate(pairs))
    return log(total + dec(lowest)) / log(mpf(10))


# ---------------------------------------------------------------- cases
def wide(rng):
    """A number of any size up to 1e15."""
    return rng.choice((1, -1)) * rng.randrange(10 ** rng.randrange(1, 34))


def near(rng, x):
    """A number at a distance of any size, relative or absolute."""
    step = rng.choice((1, -1)) * rng.randrange(10 ** rng.randrange(1, 34))
    if rng.random() < 0.5:
        step = x * rng.randrange(1, 10**6) // 10 ** rng.randrange(6, 25)
    return max(min(x + step, TOP), -TOP)


def pairs_of(rng):
    cases = [(t, x) for t in EXTREMES for x in EXTREMES]
    for _ in range(90):
        t = wide(rng)
        cases.append((t, rng.choice((near(rng, t), wide(rng)))))
    for exponent in range(0, 34, 2):
        t = wide(rng)
        cases.append((t, max(min(t + 10**exponent, TOP), -TOP)))
    return cases


def spread(rng, t, x):
    """A spread about as large as the numbers, or of any size."""
    size = max(abs(t), abs(x), abs(t - x), 10**9)
    kind = rng.random()
    if kind < 0.6:
        deviation = max(size * rng.randrange(1, 1000) // rng.choice((10, 100, 3000)), 10**9)
        mean = rng.choice((0, t // 2, t, x, near(rng, t)))
    else:
        deviation, mean = 10 ** rng.randrange(0, 34), wide(rng)
    return mean, min(deviation, 2 * TOP)


def lines(loss, rng):
    rows = []

    def add(parameters, lowest, truth, values, spreads):
        rows.append((parameters, lowest, truth, values, spreads))

    for t, x in pairs_of(rng):
        parameters, lowest = [], rng.choice(FLOORS)
        if loss == "huber":
            parameters = [rng.choice((1, ONE, TOP, max(abs(t - x) // 2, 1), 10 ** rng.randrange(34)))]
            parameters[0] = min(parameters[0], TOP)
        elif loss == "pinball":
            parameters = [rng.choice((1, ONE - 1, ONE // 2, rng.randrange(1, ONE)))]
        elif loss == "czar":
            parameters = [rng.choice((0, 1, ONE, ONE // 100, 10 * ONE, 1000 * ONE, 3 * ONE // 2))]
        elif loss == "poisson":
            t, x = abs(t), max(abs(x), 1)
        elif loss in ("brier", "cross-entropy"):
            if rng.random() < 0.8:
                t, x = abs(t) % (ONE + 1), abs(x) % (ONE + 1)
        add(parameters, lowest, [t], [x], [spread(rng, t, x)])
    for _ in range(25):
        labels = rng.randrange(2, 9)
        truth = [wide(rng) for _ in range(labels)]
        values = [near(rng, t) for t in truth]
        parameters = []
        if loss == "huber":
            parameters = [10 ** rng.randrange(34)]
        elif loss == "pinball":
            parameters = sorted(rng.sample(range(1, ONE), labels))
        elif loss == "czar":
            parameters = [ONE]
        elif loss == "poisson":
            scale = 10 ** rng.randrange(34)
            truth, values = [rng.randrange(scale) for _ in truth], [rng.randrange(scale) + 1 for _ in truth]
        elif loss in ("brier", "cross-entropy"):
            truth, values = [abs(t) % ONE for t in truth], [abs(x) % ONE for x in values]
        spreads = [spread(rng, t, x) for t, x in zip(truth, values)]
        add(parameters, rng.choice(FLOORS), truth, values, spreads)
    for row in joints(loss, rng):
        add(*row)
    # The same numbers again: every third row, with each high floor.
    for parameters, _, truth, values, spreads in rows[::3]:
        for lowest in HIGH_FLOORS:
            add(parameters, lowest, truth, values, spreads)
    return rows


def joints(loss, rng):
    """Both sides of every joint, by one unit and by a billionth."""
    if loss == "huber":
        for delta in (1, 10**9, ONE, 10**25, TOP):
            for step in (-delta // 10**9 - 1, -1, 0, 1, delta // 10**9 + 1):
                t = min(delta, TOP - delta)
                yield [delta], 10**6, [t], [t - delta - step], [(0, ONE)]
    if loss == "log-cosh":
        for step in (-10**9, -1, 0, 1, 10**9):
            yield [], 10**6, [ONE], [ONE + ONE // 16 + step], [(0, ONE)]
    if loss == "czar":
        for alpha in (0, ONE // 100, ONE, 1000 * ONE):
            for t in (ONE // 10**6, ONE, -ONE, 30 * ONE, 10**25, -TOP):
                step = abs(t) // 10**9 + 1
                for x in (-step, -1, 0, 1, step, t - step, t - 1, t, t + 1, t + step, -t):
                    if abs(x) <= TOP:
                        yield [alpha], 10**6, [t], [x], [(wide(rng), 10**rng.randrange(15, 22))]
            for t in (ONE - 10**9, ONE, ONE + 10**9, 2 * ONE):
                # Where the softening ends.
                yield [alpha], 10**6, [t], [t], [(0, ONE)]
    if loss in ("ztae", "zptae"):
        for t in (ONE // 300, 3 * ONE, -30 * ONE, 10**21):
            for x in (t, t - 1, t + 1, t + t // 10**9, 0, -1, 1, -t, t + ONE // 256, t - ONE // 256):
                yield [], 10**6, [t], [x], [(0, ONE)]


# ---------------------------------------------------------------- functions
def ln_cosh(x):
    # Beyond 1e4 the cosine is half an exponential to more digits than are kept.
    return log(cosh(x)) if x < 10**4 else x - log(mpf(2))


FUNCTIONS = {
    # The function, and the powers of two between which its arguments lie.
    "exp_neg": (lambda x: exp(-x), -70, 12),
    "one_minus_exp_neg": (lambda x: 1 - exp(-x), -120, 60),
    "ln_one_plus": (lambda x: log(1 + x), -120, 170),
    "ln_cosh": (ln_cosh, -60, 60),
    "atan": (atan, -120, 170),
}


def arguments(rng, low, high):
    """Mantissas of 64 bits and exponents: every power of two, and both sides of the joints."""
    for power in range(low, high):
        yield 1 << 63, power - 63
        for _ in range(2):
            yield rng.randrange(1 << 63, 1 << 64), power - 63
    joints = [(1, -8), (1, -4), (1, 0)] + [(i, -6) for i in range(1, 80)]
    for number, exponent in joints:
        shift = 64 - number.bit_length()
        for step in (-1, 0, 1):
            mantissa = (number << shift) + step
            if mantissa >= 1 << 63:
                yield mantissa, exponent - shift
            else:
                yield (mantissa << 1) | 1, exponent - shift - 1


def functions(rng):
    text = ["function,mantissa,exponent,result,result_exponent"]
    for name, (function, low, high) in FUNCTIONS.items():
        for mantissa, exponent in arguments(rng, low, high):
            value = function(mpf(mantissa) * mpf(2) ** exponent)
            power = int(floor(log(value) / log(mpf(2)))) - 99
            bits = int(floor(value / mpf(2) ** power + mpf(1) / 2))
            text.append(f"{name},{mantissa},{exponent},{bits},{power}")
    (HERE / "functions.csv").write_text("\n".join(text) + "\n")


# ---------------------------------------------------------------- files
LOSSES = ["squared", "absolute", "huber", "log-cosh", "pinball", "brier", "cross-entropy",
          "poisson", "ztae", "zptae", "czar"]


def main():
    rng = random.Random(103)
    join = lambda numbers: ";".join(map(str, numbers))
    text = ["loss,parameters,floor,truth,values,spreads,result"]
    for loss in LOSSES:
        scored = loss in ("ztae", "zptae", "czar")
        for parameters, lowest, truth, values, spreads in lines(loss, rng):
            value = result(loss, parameters, lowest, truth, values, spreads)
            spreads = join(f"{m}:{d}" for m, d in spreads) if scored else ""
            text.append(",".join([loss, join(parameters), str(lowest), join(truth), join(values),
                                  spreads, nstr(value, 60, min_fixed=0, max_fixed=0)]))
    (HERE / "cases.csv").write_text("\n".join(text) + "\n")
    functions(random.Random(104))
    for i in range(64):
        digits = f"{int(floor(atan(mpf(i) / 64) * 2**64 + mpf(1) / 2)):016x}"
        print("\t0x" + "_".join(digits[j:j + 4] for j in range(0, 16, 4)) + ",")


if __name__ == "__main__":
    main()
