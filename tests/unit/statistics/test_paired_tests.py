"""DeLong, McNemar, Holm and Tango against published examples, statsmodels and slow definitions."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from leuko.statistics.paired_intervals import Signed, tango_interval
from leuko.statistics.paired_tests import (
    bootstrap_p,
    delong_test,
    holm,
    mcnemar_test,
    p_cell,
    p_text,
)

# 43 complete records of DeLong, DeLong and Clarke-Pearson (1988): albumin, total protein, K-G
# score and whether surgery helped, as printed in the SAS/STAT manual, PROC LOGISTIC, "Comparing
# Receiver Operating Characteristic Curves".
PRINTED = """
    3.0 5.8 10 0  3.2 6.3 5 1  3.9 6.8 3 1  2.8 4.8 6 0  3.2 5.8 3 1  0.9 4.0 5 0  2.5 5.7 8 0
    1.6 5.6 5 1  3.8 5.7 5 1  3.7 6.7 6 1  3.2 5.4 4 1  3.8 6.6 6 1  4.1 6.6 5 1  3.6 5.7 5 1
    4.3 7.0 4 1  3.6 6.7 4 0  2.3 4.4 6 1  4.2 7.6 4 0  4.0 6.6 6 0  3.5 5.8 6 1  3.8 6.8 7 1
    3.0 4.7 8 0  4.5 7.4 5 1  3.7 7.4 5 1  3.1 6.6 6 1  4.1 8.2 6 1  4.3 7.0 5 1  4.3 6.5 4 1
    3.2 5.1 5 1  2.6 4.7 6 1  3.3 6.8 6 0  1.7 4.0 7 0  3.7 6.1 5 1  3.3 6.3 7 1  4.2 7.7 6 1
    3.5 6.2 5 1  2.9 5.7 9 0  2.1 4.8 7 1  2.8 6.2 8 0  4.0 7.0 7 1  3.3 5.7 6 1  3.7 6.9 5 1
    3.6 6.6 5 1
"""
OVARIAN_CANCER = np.array(PRINTED.split(), dtype=float).reshape(-1, 4)
ALBUMIN, PROTEIN, SCORE = OVARIAN_CANCER[:, 0], OVARIAN_CANCER[:, 1], 10 - OVARIAN_CANCER[:, 2]
HELPED = OVARIAN_CANCER[:, 3] == 1


@pytest.mark.parametrize(
    ("scores", "area", "difference", "error", "low", "high", "chi_square", "p"),
    [
        (ALBUMIN, 0.7366, 0.0108, 0.0953, -0.1761, 0.1976, 0.0127, 0.9102),
        (PROTEIN, 0.6478, -0.0780, 0.1046, -0.2830, 0.1271, 0.5554, 0.4561),
    ],
    ids=["albumin against K-G score", "total protein against K-G score"],
)
def test_delong_equals_the_published_worked_example(
    scores, area, difference, error, low, high, chi_square, p
):
    found = delong_test(scores, SCORE, HELPED)
    assert found.first == pytest.approx(area, abs=5e-5)
    assert found.second == pytest.approx(0.7258, abs=5e-5)
    assert found.difference == pytest.approx(difference, abs=5e-5)
    assert found.standard_error == pytest.approx(error, abs=5e-5)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.z**2 == pytest.approx(chi_square, abs=5e-5)
    assert found.p == pytest.approx(p, abs=5e-5)


@pytest.mark.parametrize("digits", [None, 0], ids=["no ties", "many ties"])
def test_delong_equals_the_definition_by_pairs(digits):
    generator = np.random.default_rng(4)
    positive = generator.random(80) < 0.4
    common = generator.normal(size=80) + positive
    scores = [common + generator.normal(size=80) for _ in range(2)]
    if digits is not None:
        scores = [each.round(digits) for each in scores]
    won = [
        (s[positive][:, None] > s[~positive]) + (s[positive][:, None] == s[~positive]) / 2
        for s in scores
    ]
    of_positives = np.cov([each.mean(axis=1) for each in won]) / positive.sum()
    of_negatives = np.cov([each.mean(axis=0) for each in won]) / (~positive).sum()
    contrast = np.array([1, -1])
    error = math.sqrt(contrast @ (of_positives + of_negatives) @ contrast)
    difference = won[0].mean() - won[1].mean()
    found = delong_test(*scores, positive)
    assert found.difference == pytest.approx(difference)
    assert found.standard_error == pytest.approx(error)
    assert found.p == pytest.approx(2 * norm.sf(abs(difference / error)))


def test_the_same_scores_twice_have_no_difference_and_p_1():
    found = delong_test(ALBUMIN, ALBUMIN, HELPED)
    assert (found.difference, found.p, found.low) == (0, 1, None)


def test_a_difference_without_variance_has_no_p():
    positive = np.array([True, True, False, False])
    found = delong_test(np.array([0.9, 0.8, 0.1, 0.2]), np.full(4, 0.5), positive)
    assert (found.difference, found.p) == (0.5, None)
    assert "no variance" in found.reason


@pytest.mark.parametrize("positive", [np.ones(4, bool), np.zeros(4, bool)])
def test_one_side_alone_is_not_measurable(positive):
    found = delong_test(np.arange(4.0), np.arange(4.0), positive)
    assert (found.first, found.p, found.reason) == (None, None, "0 cases")


def test_a_single_image_on_one_side_has_areas_but_no_p():
    found = delong_test(np.arange(4.0), -np.arange(4.0), np.array([0, 0, 0, 1], bool))
    assert (found.first, found.second, found.p) == (1, 0, None)


@pytest.mark.parametrize("only", [(0, 0), (1, 0), (5, 5), (3, 11), (24, 0), (25, 0), (15, 10)])
@pytest.mark.parametrize("swap", [False, True])
def test_mcnemar_equals_statsmodels(only, swap):
    first, second = only[::-1] if swap else only
    exact = first + second < 25
    expected = mcnemar([[7, first], [second, 3]], exact=exact, correction=True)
    found = mcnemar_test(first, second)
    assert found.exact == exact
    assert found.p == pytest.approx(expected.pvalue)


def test_holm_equals_statsmodels():
    raw = [0.012, 0.4, 0.001, 0.03, 0.04, 0.9, 0.012]
    assert holm(raw) == pytest.approx(multipletests(raw, method="holm")[1])


def test_holm_leaves_out_what_was_not_measurable():
    assert holm([0.01, None, 0.04]) == [pytest.approx(0.02), None, pytest.approx(0.04)]
    assert holm([None]) == [None]


def test_tango_equals_a_published_interval():
    """1 and 7 unlike of 21 pairs: Fagerland, Lydersen and Laake (2014), Stat. Med. 33:2850."""
    assert tango_interval(1, 7, 21) == pytest.approx((-0.517, -0.026), abs=5e-4)


@pytest.mark.parametrize(("b", "c", "n"), [(12, 2, 50), (3, 0, 30), (40, 20, 160)])
def test_tango_ends_where_the_score_test_of_the_likelihood_is_at_the_limit(b, c, n):
    def score(delta):
        """Score statistic with the nuisance share found by brute force."""

        def loss(share):
            other, rest = share + delta, 1 - 2 * share - delta
            if min(other, share, rest) <= 0:
                return math.inf
            return -(b * math.log(other) + c * math.log(share) + (n - b - c) * math.log(rest))

        bounds = (max(0, -delta), (1 - delta) / 2)
        share = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
        return (b - c - n * delta) / math.sqrt(n * (2 * share + delta * (1 - delta)))

    low, high = tango_interval(b, c, n)
    observed = (b - c) / n
    expected = [
        brentq(lambda d: score(d) - 1.959963984540054, -0.5, observed),
        brentq(lambda d: score(d) + 1.959963984540054, observed, 0.7),
    ]
    assert (low, high) == pytest.approx(expected, abs=1e-5)


def test_tango_without_an_unlike_image_stays_wide():
    z2 = 1.959963984540054**2
    assert tango_interval(0, 0, 32) == pytest.approx((-z2 / (32 + z2), z2 / (32 + z2)))


@pytest.mark.parametrize("only", [(1, 7, 21), (0, 5, 5), (2, 2, 9)])
def test_tango_swaps_sign_with_the_models(only):
    low, high = tango_interval(*only)
    assert tango_interval(only[1], only[0], only[2]) == pytest.approx((-high, -low))


@pytest.mark.parametrize("counts", [(0, 0, 0), (3, 3, 5), (-1, 0, 5)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="no paired proportions"):
        tango_interval(*counts)


def test_bootstrap_p_counts_the_smaller_side():
    draws = np.array([0.1] * 95 + [-0.1] * 4)
    assert bootstrap_p(draws) == pytest.approx(2 * 5 / 100)
    assert bootstrap_p(np.append(draws, np.nan)) == pytest.approx(2 * 5 / 100)
    assert bootstrap_p(np.zeros(9)) == 1
    assert bootstrap_p(np.array([np.nan])) is None


def test_p_values_are_never_more_exact_than_three_digits():
    assert p_text(0.00099) == "p < 0.001"
    assert p_text(0.0123) == "p = 0.012"
    assert p_text(None) == "p not measurable"
    assert (p_cell(1e-9), p_cell(1.0), p_cell(None)) == ("< 0.001", "1.000", "–")


def test_a_signed_value_is_written_with_a_true_minus_and_to():
    assert Signed(-0.012, -0.03, 0.004).text(2) == "−0.01 (−0.03 to 0.00)"
    assert Signed(-0.0004, -0.0004, -0.0002).text(2) == "−0.0004 (−0.0004 to −0.0002)"
    assert Signed(None, reason="0 cases").text() == "not measurable (0 cases)"
