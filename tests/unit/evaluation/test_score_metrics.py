import numpy as np
import pytest
from sklearn import metrics as reference

from leuko.evaluation.brier_and_ece import CalibrationError
from leuko.evaluation.score_metrics import Scores
from leuko.evaluation.summary import summarise
from leuko.statistics.intervals import proportion_limits, wilson_interval
from tests.unit.evaluation.made_predictions import FOUR, TWO, binary, random_predictions


def calibration_error_by_hand(truth, probabilities, bins=10):
    """Bin by bin, as Naeini et al. (2015) write it; a bin holds its upper edge."""
    total = 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [
            (t, p)
            for t, p in zip(truth, probabilities, strict=True)
            if low < p <= high or (number == 0 and p == 0)
        ]
        if inside:
            share = sum(t for t, _ in inside) / len(inside)
            mean = sum(p for _, p in inside) / len(inside)
            total += len(inside) / len(truth) * abs(mean - share)
    return total


@pytest.mark.parametrize("classes", [TWO, FOUR], ids=["2 classes", "4 classes"])
@pytest.mark.parametrize("groups", [None, 25], ids=["independent", "grouped"])
def test_average_precision_and_brier_score_equal_scikit_learns(classes, groups):
    p = random_predictions(classes, 300, groups)
    made = summarise(p, resamples=50).binary
    truth, probability = p.is_malignant, p.malignant_probability
    assert made.average_precision.value == pytest.approx(
        reference.average_precision_score(truth, probability)
    )
    assert made.brier.value == pytest.approx(reference.brier_score_loss(truth, probability))
    assert made.ece.value == pytest.approx(
        calibration_error_by_hand(truth.tolist(), probability.tolist())
    )


def test_a_calibration_error_by_hand():
    """Bin (0.7, 0.8]: mean 0.75, share 1/2, gap 0.25; bin (0.2, 0.3]: mean 0.25, share 0."""
    made = summarise(binary("AHHH", [0.72, 0.78, 0.22, 0.28])).binary
    assert made.ece.value == pytest.approx(0.5 * 0.25 + 0.5 * 0.25)
    assert made.brier.value == pytest.approx((0.28**2 + 0.78**2 + 0.22**2 + 0.28**2) / 4)


def test_probabilities_of_exactly_nought_and_one_have_a_bin():
    made = summarise(binary("AHAH", [1.0, 0.0, 1.0, 0.0])).binary
    assert made.ece.value == made.brier.value == 0.0
    assert made.brier.high == pytest.approx(wilson_interval(0, 4)[1])


@pytest.mark.parametrize("letter", ["A", "H"])
def test_on_one_side_only_precision_has_no_average_but_probabilities_have_errors(letter):
    made = summarise(binary(letter * 4, [0.9, 0.8, 0.2, 0.1])).binary
    assert made.average_precision.text() == "not measurable (0 cases)"
    assert made.brier.value == pytest.approx((0.01 + 0.04 + 0.64 + 0.81) / 4)
    assert made.ece.value is not None


def test_a_single_image_has_errors_without_an_interval():
    made = summarise(binary("A", [0.9])).binary
    assert made.brier.text() == "0.01 (no interval: 1 image)"
    assert made.ece.text() == "0.10 (no interval: 1 image)"


def test_a_class_in_one_group_only_leaves_average_precision_without_interval():
    groups = ["a", "a", "b", "b", "c", "c"]
    made = summarise(binary("AAAAHH", [0.9, 0.9, 0.9, 0.1, 0.1, 0.2], groups)).binary
    assert made.average_precision.reason == "1 group"
    assert made.brier.low is not None


def test_perfect_ranking_counts_each_unit_of_the_scarcer_side_as_one_trial():
    groups = [f"malignant {i // 5}" for i in range(20)] + [f"benign {i // 5}" for i in range(15)]
    made = summarise(binary("A" * 20 + "H" * 15, [0.9] * 20 + [0.1] * 15, groups)).binary
    average = made.average_precision
    assert (average.low, average.high) == wilson_interval(3, 3)
    assert average.method == "Wilson with 3 groups as trials"
    assert (made.brier.low, made.brier.high) == pytest.approx(proportion_limits(0.01, 7))


def test_tied_scores_have_the_share_of_malignant_images_as_average_precision():
    made = summarise(binary("AAHHHH", [0.7] * 6)).binary
    assert made.average_precision.value == pytest.approx(2 / 6)
    assert made.average_precision.high - made.average_precision.low > 0.3


@pytest.mark.parametrize("groups", [None, 9, 150], ids=["independent", "few", "many"])
@pytest.mark.parametrize("digits", [9, 1], ids=["no ties", "many ties"])
def test_intervals_equal_those_of_scikit_learn_on_the_images_of_each_resample(groups, digits):
    p = random_predictions(TWO, 200, groups)
    rounded = p.malignant_probability.round(digits)
    letters = "".join("A" if malignant else "H" for malignant in p.is_malignant)
    p = binary(letters, rounded, p.group_ids)
    resamples, seed = 20, 5
    made = Scores(p, seed, resamples)
    number = p.n_groups
    drawn = np.random.default_rng(seed).integers(0, number, size=(resamples, number))
    truth, score = p.is_malignant, p.malignant_probability
    average, brier, ece = [], [], []
    for members in drawn:
        images = np.concatenate([np.flatnonzero(p.group_indices == one) for one in members])
        average.append(reference.average_precision_score(truth[images], score[images]))
        brier.append(reference.brier_score_loss(truth[images], score[images]))
        ece.append(calibration_error_by_hand(truth[images].tolist(), score[images].tolist()))
    for estimate, values in ((made.average_precision(), average), (made.brier(), brier)):
        assert (estimate.low, estimate.high) == pytest.approx(
            tuple(np.quantile(values, [0.025, 0.975])), abs=1e-6
        )
    error = made.ece()
    half = np.quantile(np.abs(np.array(ece) - error.value), 0.95)
    assert error.low in (0.0, pytest.approx(max(0.0, error.value - half), abs=1e-6))
    assert error.high == pytest.approx(error.value + half, abs=1e-6)


def test_the_interval_of_the_calibration_error_holds_its_value():
    for seed in range(5):
        p = random_predictions(TWO, 120, None, seed=seed)
        error = Scores(p, 0, 300).ece()
        assert error.low <= error.value <= error.high
        assert error.method == "bootstrap over 120 images, symmetric"


def letters_by(probability, generator):
    drawn = generator.random(len(probability))
    return "".join("A" if one < p else "H" for one, p in zip(drawn, probability, strict=True))


def test_probabilities_that_mean_what_they_say_have_an_interval_down_to_zero():
    generator = np.random.default_rng(4)
    down_to_zero = 0
    for _ in range(40):
        probability = generator.random(150)
        error = Scores(binary(letters_by(probability, generator), probability), 0, 200).ece()
        assert error.value > 0
        down_to_zero += error.low == 0
    assert down_to_zero >= 34


def test_boastful_probabilities_have_an_interval_above_zero():
    generator = np.random.default_rng(4)
    probability = generator.random(400)
    said = (probability > 0.5) * 0.98 + 0.01
    assert Scores(binary(letters_by(probability, generator), said), 0, 300).ece().low > 0.1


def test_the_error_by_chance_turns_whole_groups():
    """Gaps 0.9 twice in one bin cancel or add up; gaps 0.1 and 0.7 in two bins always add up."""
    p = binary("AH", [0.9, 0.7], ["a", "b"])
    drawn = CalibrationError(binary("AHAH", [0.95, 0.95, 0.95, 0.95], ["a", "a", "b", "b"]))
    assert set(drawn.by_chance(50, 0).round(6)) == {0.0, 0.45}
    assert set(CalibrationError(p).by_chance(50, 0).round(6)) == {0.4}
