"""Reference implementation of the mixture rule (S 9.4) in plain floats, without dependencies.

A topic is a `Topic`; `begin(values, forecasts)` returns an epoch with all values that the network
publishes, `end(epoch, truth=... | losses=...)` learns it, any number of epochs later, in order.
"""
import math

S_RATE, B_RATE, CLIP, BAND, COPY = 0.05, 0.01, 4.0, 4.0, 0.2
P_DISCOUNT, CURVATURE, POOL, FLOOR, R_MAX = 0.998, 0.04, 0.4, 10.0, 10.0
S_DISCOUNT, S_FIRST, S_EPOCHS, LW_FLOOR = 0.9, 1.0, 5, 15.0
TOP_DISCOUNT, TOP_PRIOR, TOP_E = 0.99, 2.0, 0.05
STEEP, TILT, F_PRIOR, LOSS_RATE, NEWCOMER = 1.5, 2.0, 0.25, 0.05, 0.25
S_GROWTH, S_MIN, D_MAX, TINY, X_MAX = 10.0, 2.0 ** -30, 1e4, 2.0 ** -20, 1e15
LEVELS, STEPS, K0, K_MAX = (0.025, 0.16, 0.84, 0.975), (0.06, 0.02, 0.02, 0.06), (-2.5, -1.25, 1.25, 2.5), 20.0
LN2 = math.log(2.0)
ABSOLUTE = ("absolute", "ztae", "zptae", "czar")


def clip(x, c):
    return max(-c, min(c, x))


def sign(x):
    return 1.0 if x > 0 else (-1.0 if x < 0 else 0.0)


def weighted_median(pairs):
    """The first value, ascending, at which the summed weight reaches a half of the total."""
    pairs = sorted(pairs, key=lambda p: p[0])
    total, seen = sum(w for _, w in pairs), 0.0
    for x, w in pairs:
        seen += w
        if 2.0 * seen >= total:
            return x
    return pairs[-1][0]


class Worker:
    def __init__(self):
        self.known = False
        self.r, self.v = [0.0, 0.0], [0.0, 0.0]  # P: raw value, corrected value
        self.lw = self.beta = self.loss = 0.0


class Forecaster:
    def __init__(self):
        self.known, self.r, self.v = False, 0.0, 0.0


class Epoch:
    """What `begin` returns. Lists of values have one entry per label."""


class Topic:
    def __init__(self, loss="squared", labels=1, unity=False, delta=1.0, levels=None, log_losses=None):
        self.loss, self.labels, self.unity, self.delta = loss, labels, unity, delta
        self.levels = levels or [0.5] * labels
        self.kappa = math.log(10.0) if (log_losses if log_losses is not None else loss not in ("cross-entropy", "poisson", "custom")) else 1.0
        self.probabilities = loss in ("brier", "cross-entropy")
        self.corrected = labels == 1 and not unity and loss != "custom"
        self.s = 0.0
        self.epochs = 0  # epochs learned, at most S_EPOCHS
        self.spread = 0.0  # custom only: running mean deviation of the losses
        self.scale = [0.0] * labels
        self.k = [list(K0) for _ in range(labels)]
        self.top = [[0.0, TOP_E ** 2, TOP_E] for _ in range(2)]  # R, V, E of P and S
        self.workers, self.forecasters = {}, {}

    @staticmethod
    def eta(v, e):
        """min(1/(2e), sqrt(ln 2/v)), without dividing by a v that may be 0."""
        return 0.5 / e if v <= 4.0 * LN2 * e * e else math.sqrt(LN2 / v)

    # ---- begin -----------------------------------------------------------------------------
    def top_weights(self):
        if self.loss == "custom":
            return 0.0, 1.0
        etas = [self.eta(v, e) for _, v, e in self.top]
        args = [eta * r for eta, (r, _, _) in zip(etas, self.top)]
        high = max(args)
        p = TOP_PRIOR * etas[0] * math.exp(max(-40.0, args[0] - high))
        s = etas[1] * math.exp(max(-40.0, args[1] - high))
        return p / (p + s), s / (p + s)

    def begin(self, values, forecasts=None):
        """`values`: account -> list of values; `forecasts`: account -> {worker: expected loss}."""
        forecasts = forecasts or {}
        ids = sorted(values)
        n, labels, kinds = len(ids), self.labels, 2 if self.corrected else 1
        state = [self.workers.get(i, Worker()) for i in ids]
        known = [w.known for w in state]
        ep = Epoch()
        ep.ids, ep.fids, ep.s, ep.scale = ids, sorted(forecasts), self.s, list(self.scale)
        ep.raw = [list(values[i]) for i in ids]

        # groups of equal values: members share what the weightiest would have, by weight
        raw = ep.raw
        group = []
        for j in range(n):
            group.append(next((group[k] for k in range(j) if raw[k] == raw[j]), j))
        reps = [j for j in range(n) if group[j] == j]

        def shares(weights):
            sums = [sum(weights[k] for k in range(n) if group[k] == group[j]) for j in range(n)]
            return [a / b if b > 0 else 0.0 for a, b in zip(weights, sums)]

        # S: exponential weights
        if any(known):
            high = max(w.lw for w in state if w.known)
            ws = [math.exp(w.lw - high) if w.known else 0.0 for w in state]
            fresh = NEWCOMER * sum(ws) / sum(known)
            ws = [a if k else fresh for a, k in zip(ws, known)]
        else:
            ws = [1.0] * n
        ws = [a * f for a, f in zip(ws, shares(ws))]
        total = sum(ws)
        ws = [a / total for a in ws]

        # P: polynomial weights
        pw = [[max(w.r[c], 0.0) / (1.0 + w.v[c]) if w.known else 0.0 for c in range(kinds)] for w in state]
        pw = [[a * f for a in row] for row, f in zip(pw, shares([sum(row) for row in pw]))]
        mass = sum(map(sum, pw))
        even = [[f / (len(reps) * kinds)] * kinds for f in shares([1.0] * n)]
        pw = [[a / mass for a in row] for row in pw] if mass > 0 else even
        fstate = [self.forecasters.get(i, Forecaster()) for i in ep.fids]
        fa = [F_PRIOR * max(f.r, 0.0) / (1.0 + f.v) if f.known and self.loss != "custom" else 0.0 for f in fstate]
        fmass = sum(fa)
        vp, vs = self.top_weights()

        omega = {g: sum(ws[j] for j in range(n) if group[j] == g) for g in reps}
        head = {g: 1.0 if not any(known) or any(known[j] for j in range(n) if group[j] == g) else NEWCOMER for g in reps}
        heads = sum(head.values())
        q = {g: 0.4 * omega[g] + 0.6 * head[g] / heads for g in reps}

        # band
        x = [row[:] for row in raw]
        middle, ep.mad = [], 0.0  # mad: mean of the labels' weighted median deviations
        low, high = [-math.inf] * labels, [math.inf] * labels
        for l in range(labels):
            m = weighted_median([(raw[g][l], q[g]) for g in reps])
            middle.append(m)
            if (len(reps) >= 3 or (len(reps) == 2 and self.scale[l] > 0)) and not self.probabilities:
                mad = weighted_median([(abs(raw[g][l] - m), q[g]) for g in reps])
                ep.mad += mad / labels
                h = BAND * max(self.scale[l], mad)
                low[l], high[l] = m - h, m + h
        if self.loss == "pinball":  # so that limited rows do not decrease
            low = [max(low[: l + 1]) for l in range(labels)]
            high = [min(high[l:]) for l in range(labels)]
        for row in x:
            row[:] = [max(a, min(b, y)) for a, b, y in zip(low, high, row)]
        if self.unity and not self.probabilities:  # rows keep their sums
            for row, whole in zip(x, raw):
                cut = (sum(whole) - sum(row)) / labels
                row[:] = [a + cut for a in row]

        # copies
        u = [vp * sum(pw[j]) + vs * ws[j] for j in range(n)]
        eff = {g: sum(u[j] for j in range(n) if group[j] == g) for g in reps}
        spread = sum(sum(abs(x[g][l] - middle[l]) for l in range(labels)) for g in reps) / len(reps)
        width = COPY * min(spread, labels * self.s)
        phi = [0.0] * n
        for g in reps:
            if eff[g] <= 0:
                continue
            den = eff[g]
            for o in reps:
                if o != g and width > 0:
                    dist = sum(abs(a - b) for a, b in zip(x[g], x[o]))
                    den += eff[o] * max(0.0, min(1.0, 4.0 * (1.0 - dist / width)))
            for j in range(n):
                if group[j] == g:
                    phi[j] = eff[g] / den
        ws = [a * f for a, f in zip(ws, phi)]
        total = sum(ws)
        ws = [a / total for a in ws]
        pw = [[a * f for a in row] for row, f in zip(pw, phi)]
        total = sum(map(sum, pw))
        pw = [[a / total for a in row] for row in pw]

        # experts and bases; corrected values have a band of their own
        def corrected(j):
            a = clip(x[j][0] + state[j].beta * self.s, X_MAX)
            return max(a, 0.5 * x[j][0]) if self.loss == "poisson" else a

        xc = [corrected(j) for j in range(n)] if kinds == 2 else []
        if kinds == 2 and (len(reps) >= 3 or (len(reps) == 2 and self.scale[0] > 0)):
            held = [q[g] / group.count(g) for g in group]
            m = weighted_median(list(zip(xc, held)))
            h = BAND * max(self.scale[0], weighted_median([(abs(a - m), b) for a, b in zip(xc, held)]))
            xc = [max(m - h, min(m + h, a)) for a in xc]
        z = [[x[j]] + ([[xc[j]]] if kinds == 2 else []) for j in range(n)]

        def mix(parts):
            return [sum(a * v[l] for a, v in parts) for l in range(labels)]

        own = [sum(row) for row in pw]
        part = [mix(list(zip(pw[j], z[j]))) for j in range(n)]  # the worker's term of P
        np0 = [sum(p[l] for p in part) for l in range(labels)]
        ns = mix([(ws[j], x[j]) for j in range(n)])
        tau, fnum, fden, fval = [], [], [], []
        for k in ep.fids:
            d = {j: state[j].loss - forecasts[k][ids[j]] for j in range(n) if known[j] and ids[j] in forecasts[k]}
            mean = sum(d.values()) / len(d) if d else 0.0
            c = [clip(self.kappa * (d[j] - mean), TILT) if j in d else 0.0 for j in range(n)]
            tau.append([((4.0 + a) / (4.0 - a)) ** 2 for a in c])
            fden.append(sum(t * o for t, o in zip(tau[-1], own)))
            fnum.append([sum(t * p[l] for t, p in zip(tau[-1], part)) for l in range(labels)])
            fval.append([a / fden[-1] for a in fnum[-1]])

        def with_forecasters(member_mass, base, vals, masses):
            total = member_mass + sum(masses)
            if total <= 0:
                return base
            return [(member_mass * base[l] + sum(a * v[l] for a, v in zip(masses, vals))) / total for l in range(labels)]

        def network(p, s):
            return [vp * a + vs * b for a, b in zip(p, s)]

        # forecasters of equal tilts share one mass; only tilts of what has weight count
        felt = [[t for t, o in zip(row, own) if o > 0] for row in tau]
        fgroup = [[i for i, row in enumerate(felt) if row == mine] for mine in felt]
        fa = [a * a / sum(fa[i] for i in g) if a > 0 else 0.0 for a, g in zip(fa, fgroup)]
        fmass = sum(fa)
        npv = with_forecasters(mass, np0, fval, fa)
        ep.members, ep.experts, ep.fvalues, ep.np, ep.ns, ep.m = x, z, fval, npv, ns, middle
        ep.network, ep.naive = network(npv, ns), network(np0, ns)
        ep.vp, ep.vs = vp, vs
        share = mass / (mass + fmass) if mass + fmass > 0 else 1.0
        fshare = [a / (mass + fmass) if mass + fmass > 0 else 0.0 for a in fa]
        ep.weights = [vp * share * own[j] + vs * ws[j] + sum(vp * fs * t[j] * own[j] / den for fs, t, den in zip(fshare, tau, fden)) for j in range(n)]
        ep.fweights = [vp * fs for fs in fshare]
        ep.interval = [sorted(ep.network[l] + self.scale[l] * k for k in self.k[l]) if self.scale[l] > 0 else None for l in range(labels)]
        if self.probabilities:
            ep.interval = [None if i is None else [max(0.0, min(1.0, a)) for a in i] for i in ep.interval]

        # one-out, one-in
        ep.out = []
        for j in range(n):
            members = [i for i in range(n) if group[i] == group[j]]
            others = [i for i in range(n) if group[i] != group[j]]
            if not others:
                ep.out.append(ep.network)
                continue
            rest = 1.0 - sum(own[i] for i in members)
            if rest < TINY:
                base = mix([(1.0 / (len(others) * kinds), v) for i in others for v in z[i]])
            else:
                base = [(np0[l] - sum(part[i][l] for i in members)) / rest for l in range(labels)]
            vals = []
            for num, den, t in zip(fnum, fden, tau):
                left = den - sum(t[i] * own[i] for i in members)
                vals.append(base if rest < TINY or left < TINY else [(num[l] - sum(t[i] * part[i][l] for i in members)) / left for l in range(labels)])
            p = with_forecasters(mass * rest, base, vals, fa)
            w = sum(ws[i] for i in members)
            left = 1.0 - w
            s = mix([(1.0 / len(others), x[i]) for i in others]) if left < TINY else [(ns[l] - w * x[j][l]) / left for l in range(labels)]
            ep.out.append(network(p, s))

        def with_only(kept):
            return network(with_forecasters(mass, np0, [fval[i] for i in kept], [fa[i] for i in kept]), ns)

        ep.fout = [with_only([i for i in range(len(fa)) if i not in g]) for g in fgroup]
        ep.fin = [with_only(g) for g in fgroup]
        return ep

    # ---- losses and gradients -----------------------------------------------------------------
    def psi(self, e, l, unit):
        u, loss = e / unit, self.loss
        if loss in ABSOLUTE:
            return clip(STEEP * u, 1.0)
        if loss == "pinball":
            return 2.0 * (self.levels[l] if e > 0 else (self.levels[l] - 1.0 if e < 0 else 0.0))
        if loss == "huber":
            return clip(clip(e, self.delta) / min(unit, self.delta), CLIP)
        if loss == "log-cosh":
            return clip(math.tanh(e) * max(1.0, 1.0 / unit), CLIP)
        return clip(u, CLIP)  # squared, Brier, Poisson

    def regret(self, truth, at, value, unit):
        """Linear regret of `at` against `value`, and its curvature term, in this unit."""
        if self.loss == "cross-entropy":
            g = sum(t * (z - n) / max(n, 1e-9) for t, z, n in zip(truth, value, at))
            return g, min(g * g, D_MAX)
        g = q = 0.0
        for l in range(self.labels):
            d = clip((value[l] - at[l]) / unit, D_MAX)
            g += self.psi(truth[l] - at[l], l, unit) * d
            q += d * d
        return g / self.labels, q / self.labels

    def distance(self, truth, value):
        """Size of an error in units of s, for base S (not for cross-entropy)."""
        total = 0.0
        for l in range(self.labels):
            e = truth[l] - value[l]
            a = abs(e) / self.s
            if self.loss == "pinball":
                a *= 2.0 * (self.levels[l] if e > 0 else 1.0 - self.levels[l])
            a = min(a, D_MAX)
            total += a * a
        return total / self.labels  # squared

    def reported_loss(self, truth, value, floor=1e-8):
        """The loss of a value as the chain reports it (log10 unless raw)."""
        es = [t - x for t, x in zip(truth, value)]
        loss = self.loss
        if loss == "cross-entropy":
            return -sum(t * math.log(max(x, 1e-9)) for t, x in zip(truth, value))
        if loss == "poisson":
            return sum(x - t * math.log(max(x, 1e-9)) for t, x in zip(truth, value))
        if loss in ABSOLUTE:
            raw = sum(abs(e) for e in es)
        elif loss == "pinball":
            raw = sum((q if e >= 0 else q - 1.0) * e for q, e in zip(self.levels, es)) / self.labels
        elif loss == "huber":
            raw = sum(e * e / 2 if abs(e) <= self.delta else self.delta * (abs(e) - self.delta / 2) for e in es)
        elif loss == "log-cosh":
            raw = sum(abs(e) + math.log1p(math.exp(-2 * abs(e))) - LN2 for e in es)
        else:
            raw = sum(e * e for e in es)
        return math.log10(raw + floor)

    # ---- end -----------------------------------------------------------------------------------
    def end(self, ep, truth=None, losses=None):
        """Learns an epoch: the truth, one value per label, or `losses` (custom): worker -> loss."""
        ids = ep.ids
        state = [self.workers.setdefault(i, Worker()) for i in ids]
        old = [w for w in state if w.known]
        if self.loss != "custom":
            error = sum(abs(t - a) for t, a in zip(truth, ep.network)) / self.labels
            for l in range(self.labels):
                e = truth[l] - ep.network[l]
                if ep.scale[l] > 0:
                    z = e / ep.scale[l]
                    for i in range(4):
                        hit = 1.0 if z < self.k[l][i] else 0.0
                        self.k[l][i] = clip(self.k[l][i] + STEPS[i] * (LEVELS[i] - hit), K_MAX)
                if self.scale[l] <= 0:
                    self.scale[l] = max(abs(e), S_MIN)
            if self.s <= 0:
                self.s = max(error, S_MIN)
            for b, value in enumerate((ep.np, ep.ns)):
                r = clip(self.regret(truth, ep.network, value, self.s)[0], R_MAX)
                t = self.top[b]
                t[2] = max(t[2], abs(r))
                t[1] = TOP_DISCOUNT * t[1] + r * r
                eta = self.eta(t[1], t[2])
                t[0] = TOP_DISCOUNT * t[0] + r - eta * r * r
            losses = {i: self.reported_loss(truth, row) for i, row in zip(ids, ep.raw)}

        # newcomers
        if old:
            high = max(w.lw for w in old)
            lw0 = high + math.log(sum(math.exp(w.lw - high) for w in old) / len(old)) + math.log(NEWCOMER)
            v0 = [sum(w.v[c] for w in old) / len(old) for c in range(2)]
            loss0 = sum(w.loss for w in old) / len(old)
        else:
            lw0, v0, loss0 = 0.0, [0.0, 0.0], None
        for i, w in zip(ids, state):
            if not w.known:
                w.lw, w.v, w.loss = lw0, list(v0), losses[i] if loss0 is None else loss0

        # P
        if self.loss != "custom":
            unit = max(self.s, POOL * ep.mad)

            def learn(r, v, value):
                g, q = self.regret(truth, ep.np, value, unit)
                step = clip(g - CURVATURE * q, R_MAX)
                return max(-FLOOR, P_DISCOUNT * r + step), P_DISCOUNT * v + step * step

            for w, kinds in zip(state, ep.experts):
                for c, value in enumerate(kinds):
                    w.r[c], w.v[c] = learn(w.r[c], w.v[c], value)
            for k, value in zip(ep.fids, ep.fvalues):
                f = self.forecasters.setdefault(k, Forecaster())
                if not f.known:
                    f.known, f.v = True, v0[0]
                f.r, f.v = learn(f.r, f.v, value)

        # S
        high = max(w.lw for w in state)
        mean = high + math.log(sum(math.exp(w.lw - high) for w in state) / len(state))
        if self.loss == "custom":
            middle = sum(losses[i] for i in ids) / len(ids)
            deviation = sum(abs(losses[i] - middle) for i in ids) / len(ids)
            self.spread = deviation if self.spread <= 0 else self.spread + LOSS_RATE * (deviation - self.spread)
            gain = [clip((middle - losses[i]) / self.spread, R_MAX) if self.spread > 0 else 0.0 for i in ids]
        elif self.loss == "cross-entropy":
            base = self.reported_loss(truth, ep.ns)
            gain = [clip(base - self.reported_loss(truth, row), R_MAX) for row in ep.members]
        else:
            base = math.log1p(self.distance(truth, ep.ns))
            gain = [base - math.log1p(self.distance(truth, row)) for row in ep.members]
        self.epochs = min(self.epochs + 1, S_EPOCHS)
        for j, w in enumerate(state):
            w.lw = S_DISCOUNT * (w.lw - mean) + S_FIRST / self.epochs * gain[j]
        awake = set(ids)
        for i, w in self.workers.items():
            if i not in awake and w.known:
                a = w.lw - mean
                t = max(math.log(NEWCOMER), min(0.0, a))
                w.lw = t + S_DISCOUNT * (a - t)
        high = max(w.lw for w in state)
        for i, w in self.workers.items():
            if i in awake or w.known:
                w.lw = clip(w.lw - high, LW_FLOOR)

        # corrections, running losses
        for j, (i, w) in enumerate(zip(ids, state)):
            if self.corrected:
                z = (truth[0] - ep.members[j][0]) / (ep.s if ep.s > 0 else self.s)
                if self.loss in ABSOLUTE:
                    w.beta += 0.5 * B_RATE * sign(z - w.beta)
                elif self.loss == "pinball":
                    w.beta += B_RATE * (self.levels[0] - (1.0 if z < w.beta else 0.0))
                else:
                    w.beta += B_RATE * clip(z - w.beta, CLIP)
                w.beta = clip(w.beta, D_MAX)
            w.loss += LOSS_RATE * (losses[i] - w.loss)
            w.known = True

        # scales
        if self.loss != "custom":
            self.s = max(self.s + S_RATE * (min(error, S_GROWTH * self.s) - self.s), S_MIN)
            for l in range(self.labels):
                e = abs(truth[l] - ep.network[l])
                self.scale[l] = max(self.scale[l] + S_RATE * (min(e, S_GROWTH * self.scale[l]) - self.scale[l]), S_MIN)
