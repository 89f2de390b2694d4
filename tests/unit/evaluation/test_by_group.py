from leuko.evaluation.by_group import results_by_group
from leuko.evaluation.summary import summarise
from tests.unit.evaluation.made_predictions import FOUR, binary, random_predictions


def test_a_table_by_hand_the_worst_group_first():
    p = binary(
        "AAHHAAH", [0.9, 0.1, 0.1, 0.2, 0.9, 0.8, 0.7], ["mixed"] * 4 + ["sick"] * 2 + ["well"]
    )
    well, mixed, sick = results_by_group(p, 0.5)
    assert (well.group_id, well.n, well.right) == ("well", 1, 0)
    assert (well.accuracy, well.sensitivity, well.specificity) == (0.0, None, 0.0)
    assert (mixed.group_id, mixed.malignant_found, mixed.malignant) == ("mixed", 1, 2)
    assert (mixed.benign_found, mixed.benign, mixed.accuracy) == (2, 2, 0.75)
    assert (sick.sensitivity, sick.specificity) == (1.0, None)


def test_groups_add_up_to_the_summary():
    p = random_predictions(FOUR, 300, 25)
    made, summary = results_by_group(p, 0.7), summarise(p, 0.7, resamples=50)
    assert len(made) == summary.n_groups
    assert sum(one.n for one in made) == 300
    assert sum(one.malignant_found for one in made) == summary.true_positives
    assert sum(one.benign_found for one in made) == summary.true_negatives
    assert sum(one.right_class for one in made) == summary.overall.accuracy.hits


def test_equal_groups_stand_by_size_and_name():
    p = binary("HHHH", [0.1] * 4, ["b", "a", "c", "c"])
    assert [one.group_id for one in results_by_group(p, 0.5)] == ["c", "a", "b"]
