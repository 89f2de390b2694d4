import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from leuko.evaluation.curves.reliability import reliability, score_histogram
from leuko.evaluation.summary import summarise
from leuko.statistics.intervals import proportion_limits, wilson_interval
from tests.unit.evaluation.made_predictions import FOUR, TWO, binary, random_predictions


@pytest.mark.parametrize("groups", [None, 20], ids=["independent", "grouped"])
@pytest.mark.parametrize("classes", [TWO, FOUR], ids=["2 classes", "4 classes"])
def test_bins_equal_scikit_learns_calibration_curve(classes, groups):
    p = random_predictions(classes, 300, groups)
    shares, means = calibration_curve(p.is_malignant, p.malignant_probability, n_bins=10)
    filled = [one for one in reliability(p).bins if one.n]
    assert [one.share.value for one in filled] == pytest.approx(shares.tolist())
    assert [one.mean_probability for one in filled] == pytest.approx(means.tolist())
    assert sum(one.n for one in filled) == 300


def test_the_gaps_of_the_bins_weigh_up_to_the_calibration_error():
    p = random_predictions(TWO, 200, 20)
    made = reliability(p)
    gaps = sum(b.n / 200 * abs(b.mean_probability - b.share.value) for b in made.bins if b.n)
    assert made.ece == pytest.approx(gaps)
    assert made.ece == summarise(p, resamples=50).binary.ece.value


def test_independent_images_have_wilsons_interval():
    made = reliability(binary("AAH", [0.95, 0.93, 0.97]))
    last = made.bins[9]
    assert (last.malignant, last.n) == (2, 3)
    assert (last.share.low, last.share.high) == wilson_interval(2, 3)
    assert made.method == "Wilson"


def test_grouped_images_are_resampled_by_group_and_unanimous_groups_count_as_trials():
    letters, groups = "A" * 12 + "H" * 12, [f"g{i // 4}" for i in range(24)]
    made = reliability(binary(letters, [0.9] * 12 + [0.85, 0.85, 0.1, 0.1] * 3, groups))
    assert made.method == "bootstrap over 6 groups"
    mixed, alone = made.bins[8].share, made.bins[0].share
    assert mixed.method == "bootstrap over 6 groups"
    assert mixed.low < mixed.value < mixed.high
    assert alone.method == "Wilson with 3 groups as trials"
    assert (alone.low, alone.high) == proportion_limits(0.0, 3)


def test_an_empty_bin_is_not_measurable_and_has_no_mean():
    first = reliability(binary("A", [0.95])).bins[0]
    assert first.share.text() == "not measurable (0 cases)"
    assert (first.n, first.mean_probability) == (0, None)


def test_a_bin_of_one_group_has_no_interval():
    made = reliability(binary("AAHH", [0.95, 0.95, 0.05, 0.05], ["a", "a", "b", "b"]))
    assert made.bins[9].share.text() == "1.00 (no interval: 1 group)"


def test_the_histogram_counts_every_image_once_by_its_true_class():
    p = random_predictions(FOUR, 300)
    made = score_histogram(p)
    assert np.array(made.counts).sum(axis=1).tolist() == np.bincount(p.label_indices).tolist()
    for position in range(4):
        mine = p.malignant_probability[p.label_indices == position]
        expected, _ = np.histogram(mine, bins=20, range=(0, 1))
        assert list(made.counts[position]) == expected.tolist()


def test_nought_and_one_lie_in_the_outer_bins_and_an_edge_in_the_lower_one():
    made = score_histogram(binary("AAAA", [0.0, 1.0, 0.5, 0.05]))
    counts = np.array(made.counts[1])
    assert counts.sum() == 4
    assert (counts[0], counts[9], counts[19]) == (2, 1, 1)
