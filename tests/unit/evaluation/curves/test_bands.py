import numpy as np
import pytest
from sklearn import metrics as reference

from leuko.evaluation.curves.bands import precision_recall_band, roc_band
from leuko.evaluation.curves.precision_recall import precision_recall_curve
from tests.unit.evaluation.made_predictions import FOUR, TWO, binary, random_predictions


def drawn_images(p, resamples, seed):
    """Images of each resample of groups, drawn as the product draws them."""
    drawn = np.random.default_rng(seed).integers(0, p.n_groups, size=(resamples, p.n_groups))
    for members in drawn:
        images = np.concatenate([np.flatnonzero(p.group_indices == one) for one in members])
        yield p.is_malignant[images], p.malignant_probability[images]


@pytest.mark.parametrize("classes", [TWO, FOUR], ids=["2 classes", "4 classes"])
def test_the_precision_recall_curve_equals_scikit_learns(classes):
    p = random_predictions(classes, 200)
    curve = precision_recall_curve(p, 0.6)
    precisions, recalls, thresholds = reference.precision_recall_curve(
        p.is_malignant, p.malignant_probability, drop_intermediate=True
    )
    np.testing.assert_allclose(curve.precisions, precisions[::-1])
    np.testing.assert_allclose(curve.recalls, recalls[::-1])
    np.testing.assert_allclose(curve.thresholds[1:], thresholds[::-1])
    said = p.malignant_probability >= 0.6
    assert curve.operating_point == pytest.approx(
        (
            reference.recall_score(p.is_malignant, said),
            reference.precision_score(p.is_malignant, said),
        )
    )
    assert curve.share_malignant == pytest.approx(p.is_malignant.mean())


def test_the_steps_of_the_precision_recall_curve_add_up_to_average_precision():
    curve = precision_recall_curve(random_predictions(TWO, 150), 0.5)
    steps = np.diff(curve.recalls) * curve.precisions[1:]
    assert steps.sum() == pytest.approx(curve.average_precision)


def test_without_any_malignant_suggestion_there_is_no_operating_point():
    assert precision_recall_curve(binary("AH", [0.1, 0.2]), 0.5).operating_point is None


@pytest.mark.parametrize("letters", ["AAA", "HHH", "A"])
def test_one_side_alone_has_neither_curve_nor_bands(letters):
    p = binary(letters, [0.9, 0.4, 0.2][: len(letters)])
    assert precision_recall_curve(p, 0.5) is None
    assert roc_band(p) is None
    assert precision_recall_band(p) is None


def test_a_side_in_one_group_has_no_bands():
    p = binary("AAAAHH", [0.9, 0.8, 0.7, 0.1, 0.1, 0.2], ["a", "a", "b", "b", "c", "c"])
    assert roc_band(p) is None
    assert precision_recall_band(p) is None


@pytest.mark.parametrize("groups", [None, 12, 140], ids=["independent", "few", "many"])
def test_the_roc_band_holds_the_middle_of_scikit_learns_curves(groups):
    p = random_predictions(TWO, 150, groups)
    grid = np.linspace(0, 1, 101)
    heights = []
    for truth, scores in drawn_images(p, 40, seed=3):
        false_rates, true_rates, _ = reference.roc_curve(truth, scores, drop_intermediate=False)
        heights.append(np.interp(grid, false_rates, true_rates))
    band = roc_band(p, seed=3, resamples=40)
    np.testing.assert_allclose(band.x, grid)
    np.testing.assert_allclose(band.low, np.quantile(heights, 0.025, axis=0), atol=1e-9)
    np.testing.assert_allclose(band.high, np.quantile(heights, 0.975, axis=0), atol=1e-9)
    assert band.method == f"bootstrap over {p.n_groups} {'groups' if groups else 'images'}"


@pytest.mark.parametrize("groups", [None, 12], ids=["independent", "grouped"])
def test_the_precision_recall_band_holds_the_middle_of_scikit_learns_curves(groups):
    p = random_predictions(TWO, 150, groups)
    heights = []
    for truth, scores in drawn_images(p, 40, seed=3):
        precisions, recalls, _ = reference.precision_recall_curve(truth, scores)
        hits, number = np.rint(recalls * truth.sum()), truth.sum()
        row = []
        for percent in range(101):
            needed = max(1, -(-percent * number // 100))
            row.append(precisions[np.flatnonzero(hits >= needed).max()])
        heights.append(row)
    band = precision_recall_band(p, seed=3, resamples=40)
    np.testing.assert_allclose(band.low, np.quantile(heights, 0.025, axis=0), atol=1e-9)
    np.testing.assert_allclose(band.high, np.quantile(heights, 0.975, axis=0), atol=1e-9)


def test_bands_of_tied_scores_follow_the_diagonal_and_the_share_of_malignant_images():
    p = binary("AAAAHHHH" * 10, [0.7] * 80, [f"g{i // 8}" for i in range(80)])
    roc, precision = roc_band(p, resamples=50), precision_recall_band(p, resamples=50)
    np.testing.assert_allclose(roc.low, roc.x)
    np.testing.assert_allclose(roc.high, roc.x)
    np.testing.assert_allclose(precision.low, 0.5)


def test_bands_of_a_model_that_is_always_wrong_lie_at_the_bottom():
    p = binary("A" * 30 + "H" * 30, np.r_[np.linspace(0.1, 0.3, 30), np.linspace(0.7, 0.9, 30)])
    band = roc_band(p, resamples=50)
    assert band.high[:-1].max() == 0
    assert precision_recall_band(p, resamples=50).high.max() < 0.7


def test_the_same_seed_gives_the_same_band():
    p = random_predictions(TWO, 100, 10)
    np.testing.assert_array_equal(roc_band(p, 1, 50).low, roc_band(p, 1, 50).low)
    assert (roc_band(p, 1, 50).low != roc_band(p, 2, 50).low).any()
