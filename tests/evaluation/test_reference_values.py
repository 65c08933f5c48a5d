"""Every published formula beside a number that other software, a printed table or a sum by hand gives for it.

The numbers stand here as they came out there, and each says where from: a changed sign, exponent or constant in a
formula makes one of them wrong. What R finds in whole surveys is in `test_linear`, `test_ordinal` and `test_verdicts`;
intervals of Wilson, alphas of Krippendorff and strengths of Bradley and Terry that papers printed stand in
`test_describe`, `test_reliability` and `test_preference`.
"""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special

from evaluation.statistics import belief, clip_measures, confidence, privacy
from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.bootstrap import bootstrap_means, replicated_means, widened_interval
from evaluation.statistics.bradley_terry import chance, davidson, fit_preferences
from evaluation.statistics.comparisons import Delta, cliffs_delta, cliffs_deltas, compare, signed_rank
from evaluation.statistics.describe import upper_shares, wilson
from evaluation.statistics.designs import Design, rating_design
from evaluation.statistics.estimates import equivalence, holm, t_estimate
from evaluation.statistics.linear import fit_design, fit_linear
from evaluation.statistics.listeners import listeners
from evaluation.statistics.ordinal import fit_ordinal
from evaluation.statistics.pair_results import PairTable, describe_pairs
from evaluation.statistics.power import PROBIT_REST, RATINGS, VERDICTS, Plan, Spread, power, precision
from evaluation.statistics.ranks import correlate, rank_correlation
from evaluation.statistics.reliability import agreement, alpha, reliability, variance_shares
from evaluation.statistics.repeats import repeat_agreement
from evaluation.statistics.sensitivity import clip_means
from evaluation.statistics.verdicts import BOUND, fit_verdicts
from tests.evaluation.known import complete, incomplete, reference

Z = 1.959963984540054  # 97.5 % of the normal distribution, from a table
LIKED = (Aspect("liked", "Liked"),)


# Rank correlation: Spearman 1904; interval by Bonett & Wright 2000 (Psychometrika 65:23).
RANKS_X, RANKS_Y = np.arange(1, 11), np.array([3, 1, 2, 7, 5, 10, 4, 6, 9, 8])


def test_the_interval_of_a_rank_correlation_is_bonett_and_wrights():
    """rho = 1 - 6 * 48 / 990. z = 0.88518, standard error sqrt((1 + rho² / 2) / (10 - 3)) = 0.42281."""
    found = correlate(RANKS_X, RANKS_Y)
    assert found.rho == pytest.approx(0.7090909090909091)
    assert (found.low, found.high) == pytest.approx((0.05659122674364, 0.93714308693982))
    assert found.p == pytest.approx(0.02166592336753)  # from scipy 1.17.1: spearmanr
    assert rank_correlation(RANKS_X, RANKS_Y, level=0.99)[1:] == pytest.approx((-0.20097180601012, 0.96217736245777))


def test_a_correlation_within_sources_is_the_partial_one():
    x = [1, 4, 2, 6, 5, 9, 7, 12, 3, 8, 11, 10]
    y = [2, 3, 1, 5, 9, 10, 8, 12, 4, 6, 7, 11]
    found = correlate(x, y, ["a"] * 4 + ["b"] * 4 + ["c"] * 4)
    # From pingouin 0.7.0: partial_corr(method="spearman") with a column for each of two sources.
    assert (found.rho, found.p) == pytest.approx((0.79072370761391, 0.00646267186175))
    # The same with Bonett & Wright's error for 12 clips, less 2 for the sources: sqrt((1 + rho² / 2) / (10 - 3)).
    assert (found.low, found.high) == pytest.approx((0.22092764491057, 0.95808905325118))


def test_the_smallest_correlation_that_stands_out_is_fiellers():
    """Fieller, Hartley & Pearson 1957: the error of z is sqrt(1.06 / (n - 3)); tanh(1.96 * 0.2497) = 0.4537."""
    assert "With 20 clips a correlation must pass about ±0.45" in clip_measures.caution(20)


# Estimates


def test_a_t_interval_is_that_of_the_printed_table():
    """t of 10 degrees of freedom: 2.228 for 95 %, 1.812 for 90 %."""
    estimate = t_estimate("", -1.5, 1.2315302134607444, 10)
    assert (estimate.t, estimate.p) == pytest.approx((-1.217997, 0.251183), abs=1e-6)  # pingouin 0.7.0: ttest
    assert (estimate.low, estimate.high) == pytest.approx((-1.5 - 2.228 * 1.23153, -1.5 + 2.228 * 1.23153), abs=1e-3)
    narrow = t_estimate("", -1.5, 1.2315302134607444, 10, level=0.90)
    assert (narrow.low, narrow.high) == pytest.approx((-3.732101, 0.732101), abs=1e-6)  # pingouin 0.7.0: CI90


def test_equivalence_is_two_one_sided_tests():
    """Schuirmann 1987, on two samples of six: 4 7 8 6 3 2 and 5 7 9 8 6 4."""
    shown = equivalence(t_estimate("", -1.5, 1.2315302134607444, 10), 3)
    assert shown.p == pytest.approx(0.1255913545909)  # from pingouin 0.7.0: tost(bound=3)
    assert (shown.low, shown.high, shown.level) == pytest.approx((-3.732101, 0.732101, 0.90), abs=1e-6)
    assert not shown.holds
    assert equivalence(t_estimate("", 0.12, 0.2, 25), 0.5).p == pytest.approx(0.03451331425762)  # 1 - T(1.9 | 25)
    assert equivalence(t_estimate("", -0.12, 0.2, 25), 0.5).p == pytest.approx(0.03451331425762)
    assert equivalence(t_estimate("", 0.12, 0.2, 25), 0.5).holds


def test_holm_steps_down_as_elsewhere():
    # From pingouin 0.7.0: multicomp(method="holm").
    assert holm([0.001, 0.04, 0.012, 0.3, 0.04]).tolist() == pytest.approx([0.005, 0.12, 0.048, 0.3, 0.12])


def test_clips_means_are_compared_as_by_least_squares():
    found = clip_means(rating_design(complete(40), "rating"))
    assert [pair.label for pair in found[:2]] == ["lstm - original", "magenta_a - original"]
    # From statsmodels 0.15.0: OLS of the 24 clips' means on their source.
    expected = (-0.50833333, 0.2296321, 20, -2.21368583, 0.03863467, -0.987338, -0.029329)
    first = found[0]
    assert (first.estimate, first.se, first.df, first.t, first.p, first.low, first.high) == pytest.approx(
        expected, abs=1e-6
    )
    assert found[1].t == pytest.approx(-2.2862657, abs=1e-6)


def test_a_difference_is_standardised_by_all_that_ratings_vary_by():
    """-0.50833 / sqrt(0.44517² + 0.36011² + 1.06798²), from lme4's standard deviations."""
    design = rating_design(complete(40), "rating")
    pair = compare(fit_design(design), design, bound=0.5, rng=np.random.default_rng(1))[0]
    assert pair.standardised == pytest.approx(-0.41948963828, rel=1e-4)


# Ranks and orders


def test_cliffs_delta_counts_pairs():
    """1 2 3 3 4 5 5 against 2 2 3 1 1 4: of 42 pairs 27 are higher and 8 lower."""
    delta = float(cliffs_delta(np.array([1, 1, 2, 1, 2]), np.array([2, 2, 1, 1, 0])))
    assert delta == pytest.approx(0.4523809523809524)
    # From pingouin 0.7.0: compute_effsize(eftype="CLES"), Vargha and Delaney's A.
    assert Delta("", delta, 0, 0).superiority == pytest.approx(0.7261904761904762)


def test_signed_ranks_with_ties_are_corrected_for_continuity():
    differences = np.array([1.5, -0.5, 2, 3, -1, 0, 2, 1.5, 0.5, -2.5, 3.5, 4])
    # V = 66 - 12.5. From scipy 1.17.1: wilcoxon(correction=True, method="asymptotic") without the zero.
    assert signed_rank(differences) == pytest.approx((53.5, 0.0749355747194543))


def test_the_exact_signed_rank_test_counts_all_orderings():
    """All ten differences positive: 2 of 1,024 orderings are as extreme."""
    assert signed_rank(np.arange(1, 11.0)) == pytest.approx((55, 2 / 1024))
    assert signed_rank(-np.arange(1, 49.0))[1] == pytest.approx(2 / 2**48, rel=1e-6)  # 48, still counted
    # 50 are not: z = (637.5 - 0.5) / sqrt(50 * 51 * 101 / 24) = 6.149.
    assert signed_rank(-np.arange(1, 51.0))[1] == pytest.approx(math.erfc(637 / math.sqrt(50 * 51 * 101 / 24 * 2)))


# Shares and scales


def test_other_levels_of_wilsons_interval():
    """k = 2 of 4: (0.5 ± 1.95996 sqrt(0.0625 + 0.06002) / 1.96037); at 90 % with 1.64485."""
    assert np.ravel(wilson([2], [4])) == pytest.approx([0.1500396, 0.8499604], abs=1e-6)
    half = 1.6448536 * math.sqrt(0.0625 + 1.6448536**2 / 64) / (1 + 1.6448536**2 / 4)
    assert np.ravel(wilson([2], [4], level=0.90)) == pytest.approx([0.5 - half, 0.5 + half], abs=1e-6)


def test_the_middle_of_a_scale_is_not_its_upper_part():
    counted = pd.DataFrame(
        {"source": "a", "aspect": "liked", "value": [1, 2, 3, 4, 5], "share": [0.1, 0.2, 0.4, 0.2, 0.1]}
    )
    assert upper_shares(counted, LIKED)["share"].tolist() == pytest.approx([0.3])


def test_second_answers_are_correlated_and_compared():
    """1 2 4 5 and then 3 2 3 5: r = 5 / sqrt(10 * 4.75)."""
    place = {"participant": list("ABCD"), "clip": ["x"] * 4}
    table = repeat_agreement(
        pd.DataFrame(place | {"liked": [1.0, 2, 4, 5]}), pd.DataFrame(place | {"liked": [3.0, 2, 3, 5]}), LIKED
    )
    row = table.iloc[0]
    assert row[["same", "near", "difference", "shift"]].tolist() == [0.5, 0.75, 0.75, 0.25]
    assert row["reliability"] == pytest.approx(0.725476250110012)
    assert row[["low", "high"]].tolist() == pytest.approx([0.1500396, 0.8499604], abs=1e-6)


def test_a_listener_in_numbers():
    """A gave 1 2 4 5 where the others' means were 2.5 1.5 4 4.5."""
    rows = [
        (person, f"c{clip}", "Bach", "human", "human", float(rating))
        for person, ratings in (("A", (1, 2, 4, 5)), ("B", (2, 2, 3, 5)), ("C", (3, 1, 5, 4)))
        for clip, rating in enumerate(ratings)
    ]
    answers = pd.DataFrame(rows, columns=["participant", "clip", "source", "origin", "verdict", "liked"])
    flags = pd.DataFrame({"participant": list("ABC"), "answers": 4, "flagged": False, "reasons": ""})
    first = listeners(answers, LIKED, flags).iloc[0]
    assert (first["above"], first["spread"]) == pytest.approx((-0.125, math.sqrt(10 / 3)))
    assert first["agreement"] == pytest.approx(0.8)  # 1 - 6 * 2 / (4 * 15)


def test_a_mean_by_belief_weighs_each_rating_alike():
    cells = pd.DataFrame({"verdict": ["human", "human"], "mean": [4.0, 2.0], "ratings": [3, 1], "clips": [1, 1]})
    assert belief.mean_by_verdict(cells) == {"human": 3.5}


def test_four_people_alike_are_too_few_and_five_are_not():
    """k-anonymity with k = 5 (Sweeney 2002)."""

    def smallest(alike: int) -> list[int]:
        people = pd.DataFrame({"participant": range(alike + 6), "training": ["much"] * alike + ["none"] * 6})
        return [rare.smallest for rare in privacy.rare_combinations(people, ["training"])]

    assert (smallest(4), smallest(5)) == ([4], [])


# Bootstrap


def test_an_interval_is_stretched_by_clips_and_by_degrees_of_freedom():
    """Percentiles 2.05 and 3.95 about 3; sqrt(6 / 5) = 1.09545; t of 20 degrees is 2.085963."""
    drawn = np.linspace(2.0, 4.0, 1001)
    reach = 0.95 * 1.0954451150103 * 2.0859634472658 / Z
    assert widened_interval(drawn, 3.0, clips=6, df=20) == pytest.approx((3 - reach, 3 + reach))
    reach = 0.90 * 1.0954451150103 * 1.7247182429208 / 1.6448536269514722  # 90 %: t is 1.724718, z 1.644854
    assert widened_interval(drawn, 3.0, clips=6, df=20, level=0.90) == pytest.approx((3 - reach, 3 + reach))


def test_degrees_of_freedom_are_clips_minus_sources():
    """Three clips of one source and four of another: 5 degrees, whose t is 2.570582."""
    rows = [
        {
            "participant": f"P{person}",
            "clip": f"{source}{clip}",
            "source": source,
            "liked": float((person + clip * 3) % 5),
        }
        for person in range(12)
        for source, clips in (("a", 3), ("b", 4))
        for clip in range(clips)
    ]
    answers = pd.DataFrame(rows)
    replicated = replicated_means(answers, ["liked"], rng=np.random.default_rng(3))
    table = bootstrap_means(answers, ["liked"], rng=np.random.default_rng(3)).set_index("source")
    for source, clips in (("a", 3), ("b", 4)):
        mean = answers.loc[answers["source"] == source, "liked"].mean()
        low, high = np.quantile(replicated.source_means(source)[0], [0.025, 0.975])
        stretch = math.sqrt(clips / (clips - 1)) * 2.5705818366147 / Z
        expected = (mean - (mean - low) * stretch, mean + (high - mean) * stretch)
        assert tuple(table.loc[source, ["low", "high"]]) == pytest.approx(expected)


def test_an_interval_of_cliffs_delta_is_stretched_for_the_source_of_fewer_clips():
    """Everybody hears alike: what varies are the clips, three of one source, six of the other; t(7) is 2.3646."""
    values = {"a": [1, 2, 3], "b": [1, 2, 3, 2, 3, 4]}
    rows = [
        (f"P{person}", f"{source}{clip}", source, "human" if source == "a" else "ai", value)
        for person in range(10)
        for source, of in values.items()
        for clip, value in enumerate(of)
    ]
    frame = pd.DataFrame(rows, columns=["participant", "clip", "source", "origin", "liked"])
    delta = cliffs_deltas(rating_design(frame, "liked"), rng=np.random.default_rng(2), replicates=20_000)[0]
    assert delta.delta == pytest.approx(5 / 18)  # by hand: of 18 pairs of clips 9 are higher and 4 lower
    rng = np.random.default_rng(8)
    few, many = (np.array(of)[rng.integers(len(of), size=(20_000, len(of)))] for of in values.values())
    drawn = np.sign(many[:, :, None] - few[:, None, :]).mean(axis=(1, 2))
    low, high = np.quantile(drawn, [0.025, 0.975])
    stretch = math.sqrt(3 / 2) * 2.3646242515928 / Z
    assert delta.low == pytest.approx(max(-1, 5 / 18 - (5 / 18 - low) * stretch), abs=0.03)
    assert delta.high == pytest.approx(min(1, 5 / 18 + (high - 5 / 18) * stretch), abs=0.03)


# Agreement and reliability


def test_alpha_is_that_of_the_krippendorff_package():
    """Three observers, unequal steps between the values that occur."""
    observed = np.array([[1, 7, 7, 3, 1, 5, 7], [1, 5, 7, 1, 1, 5, np.nan], [3, 7, 5, 3, np.nan, 5, 1]])
    counts = np.stack([(value == observed).sum(axis=0) for value in (1, 3, 5, 7)], axis=1)
    # From krippendorff 0.9.0: alpha(level_of_measurement=...).
    for level, expected in (
        ("nominal", 0.32330827067669),
        ("ordinal", 0.51292226796964),
        ("interval", 0.53937007874016),
    ):
        assert alpha(counts, (1, 3, 5, 7), level) == pytest.approx(expected), level


def test_the_interval_of_alpha_is_that_of_units_drawn_anew():
    counts = np.array([[4, 1, 0], [3, 2, 0], [0, 2, 3], [1, 1, 3], [0, 0, 5], [2, 3, 0]])
    design = laid_out(
        [(clip, value) for clip, row in enumerate(counts) for value, n in enumerate(row) for _ in range(n)]
    )
    shown = agreement(design, rng=np.random.default_rng(4), replicates=500)
    drawn = np.random.default_rng(4).integers(6, size=(500, 6))
    alphas = [alpha(counts[units], (0, 1, 2), "ordinal") for units in drawn]
    assert (shown.low, shown.high) == pytest.approx(tuple(np.quantile(alphas, [0.025, 0.975])))


def laid_out(rows: list[tuple[int, float]], source_of=lambda clip: clip % 2) -> Design:
    """Ratings of clips, each by the next listener in turn; clips of two sources."""
    clip, answers = np.array([clip for clip, _ in rows]), np.array([value for _, value in rows], float)
    participant = np.concatenate([np.arange((clip == one).sum()) for one in np.unique(clip)])
    source = np.array([source_of(one) for one in clip])
    return Design(
        answers=answers,
        matrix=np.column_stack([np.ones(len(rows)), source]).astype(float),
        terms=("(Intercept)", "sourceb"),
        participant=participant,
        clip=clip,
        source=source,
        participants=tuple("ABCDEFGHIJ"[: participant.max() + 1]),
        clips=tuple(f"c{one}" for one in range(clip.max() + 1)),
        sources=("a", "b"),
        source_rows=np.array([[1.0, 0.0], [1.0, 1.0]]),
        formula="rating ~ source + (1 | participant) + (1 | clip)",
    )


@pytest.fixture
def shrout_and_fleiss():
    """Six targets, four judges: Shrout & Fleiss 1979 (Psychological Bulletin 86:420), table 2."""
    table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    return laid_out([(clip, value) for clip, row in enumerate(table) for value in row])


def test_reliabilities_are_those_of_shrout_and_fleiss(shrout_and_fleiss):
    found = reliability(shrout_and_fleiss, fit_design(shrout_and_fleiss))
    # From pingouin 0.7.0: intraclass_corr, ICC(A,1) and ICC(C,k); the paper prints .29 and .91.
    assert (found.single, found.mean, found.listeners) == pytest.approx((0.289764, 0.909316, 4), abs=2e-6)
    assert found.mean_of(8) == pytest.approx(2 * 0.909316 / (1 + 0.909316), abs=2e-6)  # Spearman & Brown
    # Targets 1, 3, 5 against 2, 4, 6, by hand: means 20 / 3 and 47 / 12, mean square of clips 2.708333;
    # d² = 7.5625, se² = 2 * 2.708333 / 12; between (d² - se²) / 2 = 3.555556, error se² / 2 = 0.225694.
    assert found.models == pytest.approx(3.555556 / (3.555556 + 0.225694), abs=1e-5)


def test_clips_are_heard_by_the_harmonic_mean_of_their_listeners():
    design = rating_design(incomplete(), "enjoyment")
    # From scipy 1.17.1: hmean of the numbers of ratings of 30 clips, whose plain mean is 19.2667.
    assert reliability(design, fit_design(design)).listeners == pytest.approx(18.776088798566)


def test_shares_of_variance_are_those_of_an_analysis_of_variance(shrout_and_fleiss):
    """Mean squares by hand: judges 32.486111, clips within sources 2.708333, rest 1.019444."""
    shares = variance_shares(fit_design(shrout_and_fleiss))
    parts = [3.555556, (2.708333 - 1.019444) / 4, (32.486111 - 1.019444) / 6, 0, 1.019444]
    assert shares.variance == pytest.approx(sum(parts), abs=1e-4)
    found = [shares.source, shares.clip, shares.participant, shares.taste, shares.rest]
    assert found == pytest.approx([part / sum(parts) for part in parts], abs=1e-5)


# How many listeners, how many clips


@pytest.mark.parametrize(
    ("plan", "spread", "se", "df", "powers"),
    [
        (Plan(30, 6), RATINGS, 0.18964879822, 22.63572446953, {0.3: 0.328415, 0.5: 0.713408, 0.8: 0.980935}),
        (Plan(40, 24, 3, 6), Spread(0.38, 0.3, 1.1), 0.16314615125, 70.79410047531, {0.3: 0.442009, 0.5: 0.856097}),
        (Plan(12, 3, 2), Spread(0.5, 0.0, 1.0), 0.47140452079, 3.88950276244, {0.8: 0.255297}),
    ],
)
def test_power_is_that_of_the_noncentral_t_distribution(plan, spread, se, df, powers):
    """Standard errors and degrees of freedom from the expected mean squares, by hand. The first: mean squares of clips
    0.81 + 30 * 0.0729 = 2.997, of tastes 0.81 + 6 * 0.04 = 1.05, of the rest 0.81, with 20, 87 and 580 degrees;
    2.997 + 1.05 - 0.81 = 3.237, and df = 3.237² / (2.997² / 20 + 1.05² / 87 + 0.81² / 580)."""
    assert precision(plan, spread) == pytest.approx((se, df))
    for difference, expected in powers.items():
        # From statsmodels 0.15.0: ttest_power(difference / se, 1, 0.05, df=df), which also counts the wrong side.
        assert power(difference, plan, spread) == pytest.approx(expected, abs=5e-4)
    assert power(0.5, Plan(30, 6), RATINGS, alpha=0.01) == pytest.approx(0.447647, abs=1e-5)  # the same, at 1 %


def test_the_usual_spreads_are_those_that_the_documentation_names():
    assert (RATINGS.clip, RATINGS.taste, RATINGS.rest) == (0.27, 0.20, 0.90)
    assert (VERDICTS.clip, VERDICTS.taste) == (0.38, 0.0)
    assert VERDICTS.rest == PROBIT_REST
    assert VERDICTS.rest == pytest.approx(
        1.2533141373155
    )  # half over the normal density in the middle, 0.5 / 0.3989423


# Which of two


def test_strengths_with_ties_are_those_of_the_log_linear_model():
    """Davidson's model as a log-linear one (Fienberg & Larntz 1976, Biometrika 63:245)."""
    fit = davidson(np.array([[20, 9, 6], [14, 17, 5], [7, 18, 11.0]]), 3)
    # From statsmodels 0.15.0: GLM(family=Poisson), an intercept for each pair, half a strength of both for a tie.
    assert fit.values == pytest.approx([-0.74854161, 0.13977907, -0.60355024], abs=1e-7)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx([0.3258267, 0.31381253, 0.24203379], abs=1e-7)
    assert fit.log_likelihood == pytest.approx(-108.78907243)


def test_a_tie_counts_half_in_the_chance_of_being_chosen():
    """Strengths 3 to 1 and ν = 1: weights 3, 1 and sqrt(3), so that (3 + sqrt(3) / 2) / (4 + sqrt(3))."""
    assert chance(math.log(3), 1.0) == pytest.approx(0.67445763018701)
    assert chance(math.log(3), 0.0) == pytest.approx(0.75)


def test_errors_of_strengths_are_those_of_leaving_out_each_clip_and_each_listener():
    """Efron & Tibshirani 1993, (11.5), to first order, with the binomial's plain formulas: for two sources without ties
    p is the share won, a choice has information p (1 - p), and leaving out n choices of which w were won moves the
    log-odds by -(w - n p) / (information that is left)."""
    rows = [
        (f"P{person:02d}", f"a{i}", f"b{j}", int((person * 5 + i * 7 + j * 3) % 6 < 2 + j))
        for person in range(12)
        for i in range(3)
        for j in range(3)
    ]
    frame = pd.DataFrame(rows, columns=["participant", "clip_a", "clip_b", "won"])
    fit = fit_preferences(
        frame.assign(source_a="A", source_b="B", choice=np.where(frame["won"] == 1, "b", "a"), origin_a="", origin_b="")
    )
    p, information = frame["won"].mean(), frame["won"].mean() * (1 - frame["won"].mean())

    def spread(by: str) -> float:
        groups = frame.groupby(by)["won"].agg(["sum", "size"])
        moved = -(groups["sum"] - groups["size"] * p) / ((len(frame) - groups["size"]) * information)
        return (len(moved) - 1) / len(moved) * float(((moved - moved.mean()) ** 2).sum())

    variance = spread("clip_a") + spread("clip_b") + spread("participant") - 2 / (len(frame) * information)
    naive = 1 / math.sqrt(len(frame) * information)
    assert variance > naive**2
    assert fit.naive_se[0] == pytest.approx(naive)
    assert (fit.pairs[0].estimate, fit.pairs[0].se) == pytest.approx((math.log(p / (1 - p)), math.sqrt(variance)))
    assert fit.pairs[0].df == 4  # six clips of two sources


def test_where_clips_and_listeners_all_choose_alike_the_error_is_that_of_independent_choices():
    """Every clip and every listener wins the same share, so that the jackknife alone would find less than nothing."""
    rows = [
        (f"P{person:02d}", "A", f"a{i}", "B", f"b{j}", "ab"[(person + i + j) % 2])
        for person in range(12)
        for i in range(4)
        for j in range(4)
    ]
    frame = pd.DataFrame(rows, columns=["participant", "source_a", "clip_a", "source_b", "clip_b", "choice"])
    fit = fit_preferences(frame)
    assert fit.pairs[0].se == pytest.approx(2 / math.sqrt(192))  # 1 / sqrt(n p (1 - p))
    assert fit.ties == 0


def test_ties_are_a_share_of_all_choices():
    rows = [
        (f"P{person:02d}", "A", f"a{i}", "B", f"b{i}", ("a", "b", "tie", "a")[(person + i) % 4])
        for person in range(12)
        for i in range(4)
    ]
    frame = pd.DataFrame(rows, columns=["participant", "source_a", "clip_a", "source_b", "clip_b", "choice"])
    assert fit_preferences(frame).ties == 0.25


def test_a_tie_counts_half_in_the_share_of_wins():
    answers = pd.DataFrame(
        {
            "participant": list("ABCDE"),
            "clip_a": "x",
            "source_a": ["Bach", "Bach", "LSTM", "Bach", "Bach"],
            "origin_a": "human",
            "clip_b": "y",
            "source_b": ["LSTM", "LSTM", "Bach", "LSTM", "LSTM"],
            "origin_b": "ai",
            "liked": ["a", "b", "b", "tie", "a"],  # Bach, LSTM, Bach, neither, Bach
            "familiar": 0,
            "seconds_heard_a": 20.0,
            "seconds_heard_b": 20.0,
            "seconds_taken": 40.0,
        }
    )
    people = pd.DataFrame({"participant": list("ABCDE"), "finished": 1})
    sources = pd.DataFrame({"source": ["Bach", "LSTM"], "origin": ["human", "ai"]})
    wins = describe_pairs(PairTable(answers, people, pd.DataFrame(), sources, LIKED, "")).wins.iloc[0]
    assert wins[["first_won", "second_won", "ties", "choices", "share"]].tolist() == [3, 1, 1, 5, 0.7]


# Verdicts


def test_d_prime_is_the_difference_of_two_probits():
    """Everybody takes three of four clips of the model and two of four human ones for AI, and each clip is taken so
    by three quarters and by half: nothing varies, z(0.75) = 0.6744898 and z(0.5) = 0."""
    rows = [
        (f"P{person:02d}", f"{source}{clip}", source, origin, "ai" if (person + clip) % 4 < said else "human")
        for person in range(20)
        for source, origin, said in (("Bach", "human", 2), ("LSTM", "ai", 3))
        for clip in range(4)
    ]
    fit = fit_verdicts(pd.DataFrame(rows, columns=["participant", "clip", "source", "origin", "verdict"]))
    lstm = fit.detections[0]
    assert fit.sd == {"participant": 0.0, "clip": 0.0}
    assert lstm.d_prime.estimate == pytest.approx(0.6744898, abs=1e-5)
    assert lstm.criterion.estimate == pytest.approx(-0.3372449, abs=1e-5)
    # Variances of probits p (1 - p) / (n φ²): 0.1875 / (80 * 0.3177766²) and 0.25 / (80 * 0.3989423²); t(6) = 2.446912.
    assert lstm.d_prime.se == pytest.approx(0.2069895, abs=1e-5)
    assert lstm.criterion.se == pytest.approx(0.2069895 / 2, abs=1e-5)
    assert (lstm.d_prime.low, lstm.d_prime.high) == pytest.approx((0.1679982, 1.1809814), abs=5e-5)
    assert (lstm.hit_rate.value, lstm.false_alarm_rate.value) == pytest.approx((0.75, 0.5), abs=1e-5)
    assert lstm.balanced_accuracy.value == pytest.approx(0.625, abs=1e-5)
    assert lstm.equivalence.bound == BOUND == 0.3


def test_two_human_sources_lose_a_degree_of_freedom_each():
    rows = [
        (f"P{person:02d}", f"{source}{clip}", source, origin, "ai" if (person + clip) % 4 < said else "human")
        for person in range(20)
        for source, origin, said in (("Bach", "human", 2), ("Brahms", "human", 1), ("LSTM", "ai", 3))
        for clip in range(4)
    ]
    fit = fit_verdicts(pd.DataFrame(rows, columns=["participant", "clip", "source", "origin", "verdict"]))
    assert (fit.df, fit.detections[0].d_prime.df) == (9, 9)
    # Between z(0.75) and the mean of z(0.5) and z(0.25).
    assert fit.detections[0].d_prime.estimate == pytest.approx(0.6744898 * 1.5, abs=1e-5)


def test_surer_verdicts_are_better_by_a_probit_slope():
    """Listeners and clips vary less than chance makes them, so that the model is the plain probit model."""
    rows = []
    for person in range(12):
        for number, (source, origin) in enumerate((("Bach", "human"), ("LSTM", "ai"))):
            for clip in range(3):
                sure = 1 + (person + clip) % 3
                right = (person + clip + number) % 5 > 0 if sure == 3 else (person + 2 * clip + number) % 4 < sure
                verdict = origin if right else {"human": "ai", "ai": "human"}[origin]
                rows.append((f"P{person:02d}", f"{source}{clip}", source, origin, verdict, sure))
    frame = pd.DataFrame(rows, columns=["participant", "clip", "source", "origin", "verdict", "confidence"])
    slope = confidence.insight(frame).slope
    # From statsmodels 0.15.0: Probit(right ~ source + confidence).
    assert (slope.estimate, slope.se) == pytest.approx((0.913517983866, 0.214683847549), rel=1e-6)
    assert slope.df == 4  # six clips of two sources


def test_seven_levels_of_confidence_are_told_apart_and_eight_are_cut_into_fifths():
    def levels(number: int) -> int:
        rows = [("P1", f"c{n}", "Bach", "human", "human", n % number) for n in range(8 * number)]
        columns = ["participant", "clip", "source", "origin", "verdict", "confidence"]
        frame = pd.DataFrame(rows, columns=columns)
        return len(confidence.calibration(frame, rng=np.random.default_rng(1), replicates=5))

    assert (levels(7), levels(8)) == (7, 5)


# Measures beside ratings


def test_overlaps_are_those_of_distances_between_human_pieces():
    values = {"Bach": [1, 1.5, 2, 2.5, 3], "LSTM": [0, 4, 8, 1, 12, 3]}
    clips = [(f"{source}{n}", source, value) for source, of in values.items() for n, value in enumerate(of)]
    table = pd.DataFrame(clips, columns=["clip", "source", "tempo"])
    found = clip_measures.overlaps(
        table[["clip", "tempo"]],
        table[["clip", "source"]],
        {"Bach": "human", "LSTM": "ai"},
        ["tempo"],
        rng=np.random.default_rng(1),
    )
    # From scipy 1.17.1: gaussian_kde and quad; the other way round it would be 0.769.
    assert found["area"].tolist() == pytest.approx([0.3383083], abs=2e-3)


# The ordinal model's expectations


def test_shares_above_a_point_are_those_of_r_averaged_over_listeners_and_clips():
    """R's clmm gives thresholds, effects and standard deviations; the average over both is integrated here."""
    fit, r = fit_ordinal(complete(40), "rating"), reference("ratings_40x24")["clmm"]
    spread = math.hypot(r["sd"]["participant"], r["sd"]["clip"])

    def share(effect: float, cut: float) -> float:
        density = lambda z: special.expit(effect - cut + spread * z) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)  # noqa: E731
        return integrate.quad(density, -9, 9)[0]

    for value, cut in ((2, 0), (4, 2)):
        expected = [share(effect, r["thresholds"][cut]) for effect in (0.0, *r["estimate"])]
        assert [found.value for found in fit.share_at_least(value)] == pytest.approx(expected, rel=2e-4)


def test_total_spread_is_the_root_of_all_variances():
    """sqrt(0.4451704526² + 0.3601078758² + 1.067979635²), lme4's."""
    assert fit_linear(complete(40), "rating").total_sd == pytest.approx(1.211790, rel=1e-4)
