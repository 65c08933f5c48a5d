"""The numbers of this package again, from the tables alone.

    python analysis.py            (in the folder of the package)

Needs Python 3.10 or newer with numpy, scipy and pandas. It shares no code with the program that made results.json:
means, intervals of shares and every mixed model are worked out once more, in plain matrix algebra that is meant to be
read, and compared. It ends with 0 if all numbers agree to three digits. Slow for thousands of listeners; analysis.R
is not.
"""

import json
import re
import sys

import numpy as np
import pandas as pd
from scipy import linalg, optimize, sparse
from scipy.special import expit, ndtr

# ---- The fits, as they stand in results.json ------------------------------------------------------------------------

# FITS

MOST_LEVELS = 3000  # of random factors: beyond, dense matrices take too long

results = json.load(open("results.json", encoding="utf-8"))
answers = pd.read_csv(
    "answers.csv", dtype={"participant": str, "clip": str, "source": str}, na_values=["NA", ""], keep_default_na=False
)
contestants = answers[answers["origin"] != "anchor"]  # low anchors are compared with nothing

# ---- Comparing ------------------------------------------------------------------------------------------------------

compared, worst, unequal, skipped = 0, 0.0, [], []


def agree(what, here, there):
    global compared, worst
    here, there = np.atleast_1d(np.asarray(here, float)), np.atleast_1d(np.asarray(there, float))
    if here.shape != there.shape:
        unequal.append(f"{what}: {len(here)} numbers here, {len(there)} in results.json")
        return
    apart = np.abs(here - there) / np.maximum(1, np.abs(there))
    compared += len(apart)
    worst = max(worst, float(np.nanmax(apart, initial=0)))
    if np.any(apart > TOLERANCE):
        unequal.append(f"{what}: {np.round(here, 5)} here, {np.round(there, 5)} in results.json")


# ---- Description ----------------------------------------------------------------------------------------------------


def describe():
    for row in results["description"]["ratings"]:
        values = answers.loc[answers["source"] == row["source"], row["aspect"]].dropna()
        quartiles = values.quantile([0.25, 0.5, 0.75]).tolist()
        here = [len(values), values.mean(), *quartiles]
        agree(f"{row['aspect']}, {row['source']}", here, [row[k] for k in ("ratings", "mean", "q1", "median", "q3")])
        if row["sd"] is not None:
            agree(f"sd of {row['aspect']}, {row['source']}", values.std(), row["sd"])
    for row in results["description"]["clip_verdicts"]:
        said = answers.loc[answers["clip"] == str(row["clip"]), "verdict"].dropna()
        n, share, z = len(said), (said == "ai").mean(), 1.959963984540054
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)  # Wilson's interval
        half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        agree(
            f"share judged AI, {row['clip']}",
            [share, middle - half, middle + half],
            [row["share"], row["low"], row["high"]],
        )


# ---- From a formula to matrices -------------------------------------------------------------------------------------


def parts(formula):
    """The response, the fixed terms and the random factors of "y ~ source + x + (1 | participant) + (1 | clip)"."""
    response, right = formula.split(" ~ ")
    random = re.findall(r"\(1 \| ([^)]+)\)", right)
    fixed = [term for term in re.sub(r"\(1 \| [^)]+\)", "", right).split(" + ") if term.strip()]
    return response.strip("`"), [term.strip().strip("`") for term in fixed], random


def matrices(formula, data, sources):
    response, fixed, random = parts(formula)
    data = data[data["source"].isin(sources)].dropna(subset=[response, *fixed])
    columns = [np.ones(len(data))]
    for term in fixed:
        if term == "source":
            columns += [(data["source"] == name).to_numpy(float) for name in sources[1:]]
        elif pd.api.types.is_numeric_dtype(data[term]):
            columns.append(data[term].to_numpy(float))
        else:
            columns += [(data[term] == level).to_numpy(float) for level in sorted(data[term].astype(str).unique())[1:]]
    factors = []
    for factor in random:
        key = data[factor.split(":")].astype(str).agg("\x1f".join, axis=1)
        codes, levels = pd.factorize(key)
        factors.append(sparse.csr_array((np.ones(len(data)), (np.arange(len(data)), codes)), (len(data), len(levels))))
    return data[response], np.column_stack(columns), factors, random


# ---- Linear mixed models: REML, and Satterthwaite's degrees of freedom ----------------------------------------------


class Linear:
    """-2 log restricted likelihood as a function of standard deviations (Bates et al. 2015, JSS 67(1))."""

    def __init__(self, y, x, factors):
        self.n, self.p = x.shape
        self.sizes = [z.shape[1] for z in factors]
        self.z = sparse.hstack(factors).tocsr()
        self.zz = (self.z.T @ self.z).toarray()
        self.xy = np.column_stack([x, y])
        self.z_xy, self.xy_xy = self.z.T @ self.xy, self.xy.T @ self.xy

    def solve(self, relative):
        """With standard deviations relative to the residual: log|H|, X'V^-1 X, beta, and the squares left over."""
        scale = np.repeat(relative, self.sizes)
        lower = linalg.cholesky(scale[:, None] * self.zz * scale + np.eye(len(scale)), lower=True)
        half = linalg.solve_triangular(lower, scale[:, None] * self.z_xy, lower=True)
        inner = self.xy_xy - half.T @ half
        information, right = inner[: self.p, : self.p], inner[: self.p, self.p]
        beta = linalg.solve(information, right, assume_a="pos")
        return 2 * np.log(np.diag(lower)).sum(), information, beta, inner[self.p, self.p] - right @ beta

    def deviance(self, sd):
        """`sd`: of each factor, then of the residual."""
        log_det, information, _, squares = self.solve(sd[:-1] / sd[-1])
        free = self.n - self.p
        return (
            log_det + np.linalg.slogdet(information)[1] + free * np.log(2 * np.pi * sd[-1] ** 2) + squares / sd[-1] ** 2
        )

    def covariance(self, sd):
        return sd[-1] ** 2 * np.linalg.inv(self.solve(sd[:-1] / sd[-1])[1])

    def fit(self):
        def profile(relative):
            log_det, information, _, squares = self.solve(np.abs(relative))
            free = self.n - self.p
            return log_det + np.linalg.slogdet(information)[1] + free * (1 + np.log(2 * np.pi * squares / free))

        best = optimize.minimize(
            profile,
            np.full(len(self.sizes), 0.5),
            method="Nelder-Mead",
            options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000, "maxfev": 4000},
        )
        relative = np.abs(best.x)
        relative[relative < 1e-4] = 0
        _, _, beta, squares = self.solve(relative)
        residual = np.sqrt(squares / (self.n - self.p))
        return beta, np.append(relative * residual, residual), profile(relative)


def satterthwaite(model, sd, covariance):
    """df = 2 v^2 / g'Ag: how a coefficient's variance hangs on the standard deviations, and how unsure these are."""
    free = [k for k, value in enumerate(sd) if value > 0]

    def at(values):
        full = np.array(sd)
        full[free] = values
        return full

    start = sd[free]
    uncertainty = 2 * np.linalg.inv(hessian(lambda values: model.deviance(at(values)), start, 2e-3))
    slopes = []
    for k, value in enumerate(start):
        step = 1e-4 * value * np.eye(len(start))[k]
        slopes.append(
            (np.diag(model.covariance(at(start + step))) - np.diag(model.covariance(at(start - step)))) / (2e-4 * value)
        )
    slopes = np.array(slopes)
    return 2 * np.diag(covariance) ** 2 / np.einsum("kt,kl,lt->t", slopes, uncertainty, slopes)


def hessian(function, at, relative):
    steps = relative * np.maximum(np.abs(at), 0.1)
    size, found = len(at), np.empty((len(at), len(at)))
    for i in range(size):
        for j in range(i + 1):
            a, b = steps[i] * np.eye(size)[i], steps[j] * np.eye(size)[j]
            found[i, j] = found[j, i] = (
                function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b)
            ) / (4 * steps[i] * steps[j])
    return found


def fit_linear(formula, expected, data=contestants):
    if expected is None or "reason" in expected:
        return
    y, x, factors, names = matrices(formula, data, expected["sources"])
    if sum(z.shape[1] for z in factors) > MOST_LEVELS:
        skipped.append(formula)
        return
    model = Linear(y.to_numpy(float), x, factors)
    beta, sd, deviance = model.fit()
    covariance = model.covariance(sd)
    df = satterthwaite(model, sd, covariance)
    print(f"\n{formula}")
    print(pd.DataFrame({"estimate": beta, "se": np.sqrt(np.diag(covariance)), "df": df}, index=expected["terms"]))
    print("standard deviations:", dict(zip([*names, "residual"], np.round(sd, 4).tolist())))
    agree(f"{formula}: estimates", beta, expected["estimate"])
    agree(f"{formula}: standard errors", np.sqrt(np.diag(covariance)), expected["se"])
    agree(f"{formula}: standard deviations", sd, [expected["sd"][name] for name in [*names, "residual"]])
    agree(f"{formula}: REML", deviance, expected["reml"])
    if np.all(sd > 0):
        agree(f"{formula}: df", df, expected["df"])


# ---- Cumulative link mixed models by Laplace's approximation --------------------------------------------------------


def normal(x):
    return np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)


LINKS = {  # distribution, density, the density's derivative
    "logit": (expit, lambda x: expit(x) * expit(-x), lambda x: expit(x) * expit(-x) * (expit(-x) - expit(x))),
    "probit": (ndtr, normal, lambda x: -x * normal(x)),
}


class Cumulative:
    """P(category <= k) = F(threshold k - x beta - random effects), the effects integrated out at their peak."""

    def __init__(self, category, x, factors, link):
        self.category, self.x, self.link = category, x, LINKS[link]
        self.cuts = category.max()
        self.sizes = [z.shape[1] for z in factors]
        self.z = sparse.hstack(factors).tocsr() if factors else sparse.csr_array((len(category), 0))
        self.peak = np.zeros(self.z.shape[1])

    def chances(self, thresholds, place):
        """Log-likelihood of the rows, and its first and second derivative by the place."""
        cumulative, density, slope = self.link
        ends = np.concatenate([[-40], thresholds, [40]])
        upper, lower = ends[self.category + 1] - place, ends[self.category] - place
        flip = upper + lower > 0  # in the upper tail the mirror image has the digits
        chance = cumulative(np.where(flip, -lower, upper)) - cumulative(np.where(flip, -upper, lower))
        chance = np.maximum(chance, 1e-300)
        first = -(density(upper) - density(lower)) / chance
        return np.log(chance).sum(), first, (slope(upper) - slope(lower)) / chance - first**2

    def negative(self, parameters):
        thresholds, beta, sd = self.split(parameters)
        if np.any(np.diff(thresholds) <= 0):
            return np.inf
        scale, fixed = np.repeat(sd, self.sizes), self.x @ beta
        if not self.sizes:  # no variance between listeners nor clips
            return -self.chances(thresholds, fixed)[0]
        design = self.z.multiply(scale[None, :]).tocsr()
        peak = self.peak

        def height(effects):
            return self.chances(thresholds, fixed + design @ effects)[0] - 0.5 * effects @ effects

        for _ in range(60):
            _, first, second = self.chances(thresholds, fixed + design @ peak)
            curvature = (design.T @ design.multiply(-second[:, None])).toarray() + np.eye(len(peak))
            lower = linalg.cho_factor(curvature, lower=True)
            uphill = design.T @ first - peak
            if np.abs(uphill).max() < 1e-10:
                break
            step, length = linalg.cho_solve(lower, uphill), 1.0
            while height(peak + length * step) < height(peak) - 1e-10 and length > 1e-6:
                length /= 2
            peak = peak + length * step
        self.peak = peak
        return -height(peak) + np.log(np.diag(lower[0])).sum()

    def split(self, parameters):
        thresholds, beta, logs = np.split(parameters, [self.cuts, self.cuts + self.x.shape[1]])
        return thresholds, beta, np.exp(logs)

    def fit(self, start):
        best = optimize.minimize(self.negative, start, method="BFGS", options={"gtol": 1e-4})
        return best.x, np.sqrt(np.diag(np.linalg.inv(hessian(self.negative, best.x, 1e-3)))), -best.fun


def fit_cumulative(formula, expected, link, values):
    if expected is None or "reason" in expected:
        return
    y, x, factors, names = matrices(formula, contestants, expected["sources"])
    if sum(z.shape[1] for z in factors) > MOST_LEVELS:
        skipped.append(f"{link} {formula}")
        return
    category = np.unique(values(y), return_inverse=True)[1]
    # Begins where the package ended, moved a little: what is found then is a maximum of its own.
    known = expected["thresholds"]["estimate"] if link == "logit" else [-expected["estimate"][0]]
    beta = expected["estimate"] if link == "logit" else expected["estimate"][1:]
    sds = [max(expected["sd"][name], 0.05) for name in names]
    kept = [k for k, name in enumerate(names) if expected["sd"][name] > 0]
    model = Cumulative(category, x[:, 1:], [factors[k] for k in kept], link)
    start = np.concatenate([known, beta, np.log([sds[k] for k in kept])]) * 1.02 + 0.01
    found, se, log_likelihood = model.fit(start)
    thresholds, beta, sd = model.split(found)
    fixed = len(thresholds) + len(beta)
    print(f"\n{link}: {formula}")
    print(pd.DataFrame({"estimate": found[:fixed], "se": se[:fixed]}).round(4).to_string())
    agree(f"{link} {formula}: log-likelihood", log_likelihood, expected["log_likelihood"])
    agree(f"{link} {formula}: standard deviations", sd, [expected["sd"][names[k]] for k in kept])
    if link == "logit":
        agree(f"{link} {formula}: thresholds", thresholds, expected["thresholds"]["estimate"])
        agree(f"{link} {formula}: estimates", beta, expected["estimate"])
        agree(f"{link} {formula}: standard errors", se[len(thresholds) : fixed], expected["se"])
    else:  # the intercept is minus the threshold; the other coefficients are d'
        agree(f"{link} {formula}: estimates", np.append(-thresholds, beta), expected["estimate"])
        agree(f"{link} {formula}: standard errors", se[:fixed], expected["se"])


# ---- All of it ------------------------------------------------------------------------------------------------------

describe()
fits = results.get("fits", {})
for formula in linear:
    fit_linear(formula, fits[formula]["linear"])
for aspect, formula in unfamiliar.items():
    known = next(one["fit"] for one in results["aspects"][aspect]["sensitivity"] if one["name"] == "unfamiliar")
    fit_linear(formula, known, contestants[contestants["familiar"] != 1])
for formula in ordinal:
    fit_cumulative(formula, fits[formula]["ordinal"], "logit", lambda y: y.to_numpy(float))
for formula in verdict:
    fit_cumulative(formula, fits[formula]["verdict"], "probit", lambda y: (y == "ai").to_numpy(int))

print(f"\n{compared} numbers compared with results.json; the largest difference is {worst:.2g}.")
for formula in skipped:
    print(f"Too many listeners for this script, left to analysis.R: {formula}")
if unequal:
    print("These differ:", *(f"  {line}" for line in unequal), sep="\n")
    sys.exit(1)
print("All agree.")
