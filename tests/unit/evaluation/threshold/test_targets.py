import numpy as np
import pytest
from sklearn.metrics import roc_curve

from leuko.evaluation.threshold.candidates import shortest_between
from leuko.evaluation.threshold.targets import Goal, Target, few_cautions, suggest_threshold
from tests.unit.evaluation.made_predictions import FOUR, binary, random_predictions

SETS = [
    random_predictions(FOUR, 300, groups, seed=seed, strength=strength)
    for groups in (None, 30)
    for seed, strength in ((0, 1.5), (1, 3.0), (2, 0.0))
]


def sensitivity(predictions, threshold):
    return (predictions.malignant_probability[predictions.is_malignant] >= threshold).mean()


def specificity(predictions, threshold):
    return (predictions.malignant_probability[~predictions.is_malignant] < threshold).mean()


@pytest.mark.parametrize("at_least", [0.5, 0.9, 0.95, 0.99, 1.0])
@pytest.mark.parametrize("validation", SETS)
def test_the_next_higher_score_would_miss_the_sensitivity(validation, at_least):
    found = suggest_threshold(validation, Target(Goal.SENSITIVITY, at_least), resamples=100)
    assert found.sensitivity.value == sensitivity(validation, found.threshold) >= at_least
    scores = validation.malignant_probability
    higher = scores[scores > found.threshold].min(initial=2)
    assert sensitivity(validation, higher) < at_least


@pytest.mark.parametrize("at_least", [0.5, 0.9, 0.95, 1.0])
@pytest.mark.parametrize("validation", SETS)
def test_the_next_lower_score_would_miss_the_specificity(validation, at_least):
    found = suggest_threshold(validation, Target(Goal.SPECIFICITY, at_least), resamples=100)
    assert found.specificity.value == specificity(validation, found.threshold) >= at_least
    scores = validation.malignant_probability
    lower = scores[scores < found.threshold].max(initial=-1)
    assert specificity(validation, lower) < at_least


@pytest.mark.parametrize("validation", SETS)
def test_the_youden_index_is_the_largest_that_scikit_learn_finds(validation):
    found = suggest_threshold(validation, Target(Goal.YOUDEN), resamples=100)
    false_rates, true_rates, _ = roc_curve(
        validation.is_malignant, validation.malignant_probability
    )
    index = found.sensitivity.value + found.specificity.value - 1
    assert index == pytest.approx((true_rates - false_rates).max())


@pytest.mark.parametrize("goal", list(Goal))
@pytest.mark.parametrize("validation", SETS)
def test_the_rounded_threshold_decides_every_validation_image_alike(validation, goal):
    found = suggest_threshold(validation, Target(goal, 0.9), resamples=100)
    scores = validation.malignant_probability
    assert ((scores >= found.rounded) == (scores >= found.threshold)).all()
    assert len(repr(found.rounded)) <= len(repr(found.threshold))


def test_a_target_solved_by_hand():
    """Malignant at 0.9 0.8 0.6 0.3, benign at 0.7 0.4 0.2 0.1."""
    hand = binary("AAAAHHHH", [0.9, 0.8, 0.6, 0.3, 0.7, 0.4, 0.2, 0.1])
    three_of_four = suggest_threshold(hand, Target(Goal.SENSITIVITY, 0.75))
    assert three_of_four.threshold == pytest.approx(0.6)
    assert (three_of_four.sensitivity.hits, three_of_four.specificity.hits) == (3, 3)
    all_four = suggest_threshold(hand, Target(Goal.SENSITIVITY, 0.76))
    assert all_four.threshold == pytest.approx(0.3)
    no_alarm = suggest_threshold(hand, Target(Goal.SPECIFICITY, 1.0))
    assert no_alarm.threshold == pytest.approx(0.8)
    assert no_alarm.rounded == 0.71
    best = suggest_threshold(hand, Target(Goal.YOUDEN))
    assert best.threshold == pytest.approx(0.3)
    assert "3 thresholds share" in " ".join(best.remarks)


def test_of_equal_indices_the_lowest_threshold_is_taken_and_said():
    tie = binary("AAHH", [0.9, 0.3, 0.6, 0.1])
    found = suggest_threshold(tie, Target(Goal.YOUDEN))
    assert found.threshold == pytest.approx(0.3)
    assert "2 thresholds share the largest index" in " ".join(found.remarks)


def test_equal_scores_stand_or_fall_together_and_that_is_said():
    tie = binary("AAAAH", [0.9, 0.6, 0.6, 0.6, 0.1])
    found = suggest_threshold(tie, Target(Goal.SENSITIVITY, 0.5))
    assert found.sensitivity.value == 1
    assert "3 validation images share the decisive P(malignant)" in " ".join(found.remarks)


def test_a_specificity_that_no_threshold_reaches_is_said():
    certain = binary("AHHH", [0.5, 1.0, 1.0, 0.2])
    found = suggest_threshold(certain, Target(Goal.SPECIFICITY, 0.9))
    assert found.threshold is None
    assert "No threshold up to 1 reaches a specificity of 0.9" in found.remarks[0]


def test_a_threshold_that_says_the_same_of_every_image_is_called_so():
    upside_down = binary("AAHH", [0.1, 0.2, 0.8, 0.9])
    everybody = suggest_threshold(upside_down, Target(Goal.SENSITIVITY, 0.9))
    assert "every validation image is suggested malignant" in " ".join(everybody.remarks)
    nobody = suggest_threshold(upside_down, Target(Goal.SPECIFICITY, 0.9))
    assert nobody.threshold == 1
    assert "no validation image is suggested malignant" in " ".join(nobody.remarks)


@pytest.mark.parametrize("validation", SETS)
def test_a_lower_limit_is_a_stricter_target(validation):
    plain = suggest_threshold(validation, Target(Goal.SENSITIVITY, 0.8))
    strict = suggest_threshold(validation, Target(Goal.SENSITIVITY, 0.8, by_lower_limit=True))
    assert strict.threshold <= plain.threshold
    assert strict.sensitivity.low >= 0.8
    scores = validation.malignant_probability
    higher = np.unique(scores[(scores > strict.threshold) & validation.is_malignant])
    for threshold in higher:
        exact = suggest_threshold(
            validation, Target(Goal.SENSITIVITY, sensitivity(validation, threshold))
        )
        assert exact.sensitivity.low < 0.8


def test_too_few_images_for_a_lower_limit_are_called_too_few():
    found = suggest_threshold(SETS[0], Target(Goal.SPECIFICITY, 0.999, by_lower_limit=True))
    assert found.threshold is None
    assert "there are too few of them" in found.remarks[0]


def test_a_side_without_images_suggests_nothing():
    one_side = binary("AAA", [0.9, 0.8, 0.7])
    assert suggest_threshold(one_side, Target(Goal.SENSITIVITY)).threshold is not None
    for goal in (Goal.SPECIFICITY, Goal.YOUDEN):
        found = suggest_threshold(one_side, Target(goal))
        assert found.threshold is None
        assert "no benign image" in found.remarks[0]


def test_few_images_and_few_groups_are_said():
    few = few_cautions(binary("A" * 40 + "H" * 12, [0.5] * 52))
    assert [s for s in few if "only 12 benign images:" in s] == list(few)
    grouped = few_cautions(
        binary("A" * 60 + "H" * 60, [0.5] * 120, [f"g{number // 20}" for number in range(120)])
    )
    assert "only 60 malignant images in 3 groups" in grouped[0]
    assert few_cautions(random_predictions(FOUR, 300, 30)) == ()
    tiny = suggest_threshold(binary("AH", [0.9, 0.1]), Target(Goal.YOUDEN))
    assert "only 1 malignant image and 1 benign image:" in tiny.cautions[0]


@pytest.mark.parametrize("at_least", [0, -1, 1.01])
def test_a_target_outside_its_bounds_is_refused(at_least):
    with pytest.raises(ValueError, match="target"):
        Target(Goal.SENSITIVITY, at_least)


@pytest.mark.parametrize(
    ("low", "high", "prefer", "number"),
    [
        (0.2, 0.8, "lowest", 0.21),
        (0.2, 0.8, "highest", 0.8),
        (0.2, 0.8, "middle", 0.5),
        (0.29, 0.3, "highest", 0.3),
        (0.8712, 0.8734, "highest", 0.873),
        (-1e-9, 0.004, "highest", 0.0),
        (0.99995, 1.0, "lowest", 1.0),
        (0.999950, 0.999957, "lowest", 0.999951),
    ],
)
def test_the_shortest_number_between_two_others(low, high, prefer, number):
    assert shortest_between(low, high, prefer) == number
