#!/usr/bin/env python3
"""Writes the tables of `src/tables.rs` and the oracle of the elementary functions.

Run it from anywhere: `python3 tests/oracle/generate.py`. It needs the standard library only and
gives the same files every time. The oracle `elementary.csv` has lines `function,argument,result`:
the argument is the integer of a 64.64 fixed point number, the result a decimal of 60 digits.
"""
from decimal import Decimal as D, getcontext
from pathlib import Path
import random

getcontext().prec = 90
HERE = Path(__file__).resolve().parent
ONE = 1 << 64
TOP = (1 << 127) - 1


def nearest(x):
    return int((x + D("0.5")).to_integral_value(rounding="ROUND_FLOOR"))


# ---------------------------------------------------------------- tables
LN_STEPS = 128


def reciprocal(step):
    """A 12-bit reciprocal of the middle of the step-th of 128 parts of [1, 2)."""
    middle = 1 + (D(step) + D("0.5")) / LN_STEPS
    return nearest(D(1 << 12) / middle)


def grouped(number, width=0):
    digits = f"{number:x}"
    digits = digits.zfill(width or -(-len(digits) // 4) * 4)
    return "0x" + "_".join(digits[i:i + 4] for i in range(0, len(digits), 4))


def tables():
    lines = [
        "//! Tables of the exponential and the logarithm; written by `tests/oracle/generate.py`.",
        "",
        "/// The natural logarithm of 2 with 122 fraction bits.",
        f"pub(crate) const LN_2: u128 = {grouped(nearest(D(2).ln() * 2**122))};",
        "",
        "/// `e^(-i / 128)` in units of 2^-64, less one unit for i = 0.",
        "pub(crate) const COARSE: [u64; 128] = [",
    ]
    for i in range(128):
        lines.append(f"\t{grouped(min(nearest((-D(i) / 128).exp() * 2**64), 2**64 - 1), 16)},")
    lines += [
        "];",
        "",
        "/// `1 - e^(-i / 2^14)` in units of 2^-71.",
        "pub(crate) const FINE: [u64; 128] = [",
    ]
    for i in range(128):
        lines.append(f"\t{grouped(nearest((1 - (-D(i) / 2**14).exp()) * 2**71), 16)},")
    lines += [
        "];",
        "",
        "/// `1 / k` with 62 fraction bits, from k = 1.",
        "pub(crate) const INVERSES: [u64; 10] = [",
    ]
    lines += [f"\t{grouped(nearest(D(2**62) / k), 16)}," for k in range(1, 11)]
    lines += [
        "];",
        "",
        "/// For every 128th of [1, 2) a reciprocal r of its middle with 12 fraction bits, and",
        "/// `-ln r` with 100 fraction bits.",
        f"pub(crate) const LOGARITHMS: [(u128, i128); {LN_STEPS}] = [",
    ]
    for i in range(LN_STEPS):
        r = reciprocal(i)
        lines.append(f"\t({grouped(r)}, {grouped(nearest(-(D(r) / 4096).ln() * 2**100), 28)}),")
    lines += ["];", ""]
    (HERE.parent.parent / "src" / "tables.rs").write_text("\n".join(lines))


# ---------------------------------------------------------------- oracle
def around(points, spread=2):
    return {p + d for p in points for d in range(-spread, spread + 1)}


def exp_arguments(rng):
    ln2 = D(2).ln() * ONE
    limit = nearest(D(2**63).ln() * ONE)
    edges = around([nearest(ln2 * k) for k in range(0, 68)])
    edges |= around([(i * ONE) // 64 for i in range(0, 130)], 1)
    edges |= around([nearest(ln2 * k) + (i * ONE) // 64 for k in (1, 5, 30) for i in range(45)], 1)
    edges |= around([1 << b for b in range(0, 71)], 1)
    edges |= {limit - d for d in (1, 2, 1000, 10**12, ONE)}
    edges |= {rng.randrange(1 << b) for b in range(50, 71) for _ in range(40)}
    edges |= {rng.randrange(47 * ONE) for _ in range(500)}
    above = {x for x in edges if 0 <= x < limit}
    below = {-x for x in edges if x >= 0} | {-TOP, -TOP - 1, -(100 * ONE), -(1 << 100)}
    return sorted(above | below)


def ln_arguments(rng):
    edges = around([1 << b for b in range(0, 127)])
    edges |= around([ONE + i * ONE // 128 for i in range(0, 260)], 1)
    edges |= around([(ONE * i) // 128 >> s for i in (129, 190, 255) for s in (1, 20, 50)], 1)
    edges |= {rng.randrange(1, 1 << b) for b in range(1, 128) for _ in range(12)}
    edges |= {ONE + rng.randrange(-(1 << b), 1 << b) for b in range(1, 60) for _ in range(6)}
    edges |= {TOP, TOP - 1}
    return sorted(x for x in edges if 0 < x <= TOP)


def oracle():
    rng = random.Random(20240527)
    lines = ["function,argument,result"]
    for x in exp_arguments(rng):
        value = (D(x) / ONE).exp() if x > -200 * ONE else D(0)
        lines.append(f"exp,{x},{value:.59e}")
    for x in ln_arguments(rng):
        lines.append(f"ln,{x},{(D(x) / ONE).ln():.59e}")
    (HERE / "elementary.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    tables()
    oracle()
