"""The sentences beside the figures on own pictures."""

import json

import pytest

from leuko.evaluation.external.domain_shift import evaluate_own
from leuko.evaluation.external.test_set import own_set
from leuko.models.card import read_card
from leuko.ui.performance.external import wording as words
from leuko.ui.performance.external.refusal_wording import Share
from tests.made_models import make_model_folder
from tests.unit.evaluation.external.test_domain_shift import answers_of
from tests.unit.evaluation.made_predictions import FOUR, TWO, binary, random_predictions

TEST = binary("A" * 100 + "H" * 100, [0.9] * 97 + [0.1] * 3 + [0.1] * 97 + [0.9] * 3)


@pytest.fixture
def card(tmp_path):
    return read_card(make_model_folder(tmp_path, "made", classes=TWO.names, malignant=("ALL",)))


def whole(found):
    """All images count."""
    return Share(found.summary.n, found.summary.n)


def verdict(found, share=None):
    return words.shift_sentence(found, share or whole(found))


def cautions(found, card, share=None):
    return words.cautions(found, card, share or whole(found))


def method_sentence(found, share=None):
    return words.method_sentence(found, share or whole(found))


def evaluated(own, test=TEST, **options):
    return evaluate_own(own_set(answers_of(own, **options), own.classes), 0.5, test)


def test_a_drop_is_given_with_both_intervals_and_named_domain_shift():
    own = binary("A" * 60 + "H" * 60, [0.9] * 43 + [0.1] * 17 + [0.1] * 54 + [0.9] * 6)
    said = verdict(evaluated(own))
    assert said.startswith(
        "On your 120 images this model is right in 0.81 (0.73–0.87); on its own test set in "
        "0.97 (0.94–0.99): 16 points lower (95 % interval 9 to 24 lower)."
    )
    assert "Its sensitivity is 25 points lower (95 % interval 14 to 38 lower)." in said
    assert "This is called domain shift" in said
    assert "What to do:" in said


def test_without_a_drop_the_data_do_not_show_one_rather_than_there_is_none():
    own = binary("A" * 10 + "H" * 10, [0.9] * 10 + [0.1] * 9 + [0.9])
    said = verdict(evaluated(own))
    assert "The data do not show a drop" in said
    assert "no proof that there is none: a drop of up to 21 points fits the data as well" in said
    assert "This is called" not in said


def test_better_than_on_the_test_set_raises_the_question_of_training():
    test = binary("A" * 50 + "H" * 50, [0.9] * 30 + [0.1] * 20 + [0.1] * 30 + [0.9] * 20)
    own = binary("A" * 50 + "H" * 50, [0.9] * 50 + [0.1] * 50)
    assert "higher than on the test set. Make sure that the model was not trained" in verdict(
        evaluated(own, test)
    )


def test_a_fall_of_accuracy_by_the_mix_alone_is_no_domain_shift(card):
    """Sensitivity 0.95 and specificity 0.60 on both sets; only the mix differs."""
    test = binary("A" * 380 + "H" * 20, [0.9] * 361 + [0.1] * 19 + [0.1] * 12 + [0.9] * 8)
    own = binary("A" * 20 + "H" * 380, [0.9] * 19 + [0.1] + [0.1] * 228 + [0.9] * 152)
    found = evaluated(own, test)
    said = verdict(found)
    assert "points lower" in said
    assert "the mix alone may explain this" in said
    assert "This is called domain shift" not in said
    assert "5 % of your images are malignant, 95 % of the test set" in " ".join(
        cautions(found, card)
    )


def test_without_held_out_results_there_is_no_drop():
    said = verdict(evaluated(binary("AH", [0.9, 0.1]), None))
    assert "It has no held-out results, so a drop cannot be computed" in said


@pytest.mark.parametrize(
    ("label", "said"),
    [("A", "All your images are malignant: specificity and AUROC are not measurable"),
     ("H", "All your images are benign: sensitivity, precision and AUROC are not measurable")],
)  # fmt: skip
def test_one_side_alone_says_what_is_not_measurable(card, label, said):
    assert said in " ".join(cautions(evaluated(binary(label * 4, [0.9] * 4)), card))


def test_one_image_says_that_it_is_one(card):
    found = evaluated(binary("A", [0.9]))
    assert verdict(found).startswith("On your 1 image this model is right in 1.0 (0.2–1.0)")
    assert "One image says next to nothing" in " ".join(cautions(found, card))


def test_labels_of_a_side_are_said_to_leave_the_classes_out(card):
    made = random_predictions(FOUR, 40, seed=1)
    found = evaluated(made, None, sides=True)
    assert "those of the classes are left out" in " ".join(cautions(found, card))


def test_a_test_set_split_at_random_is_said_to_flatter(tmp_path):
    folder = make_model_folder(tmp_path, "made", classes=TWO.names, malignant=("ALL",))
    raw = json.loads((folder / "card.json").read_text())
    raw["split"]["policy"] = "paper"
    (folder / "card.json").write_text(json.dumps(raw))
    found = evaluated(binary("AH", [0.9, 0.1]))
    assert "split at random and may flatter it" in " ".join(cautions(found, read_card(folder)))


def test_few_groups_and_how_intervals_came_about_are_told(card):
    made = random_predictions(TWO, 40, groups=6, seed=1)
    found = evaluated(made)
    assert "Fewer than ten groups of yours" in " ".join(cautions(found, card))
    assert "belong to 6 groups, which were resampled whole" in method_sentence(found)
    assert "counts as independent" in method_sentence(evaluated(binary("AH", [0.9, 0.1])))


def test_images_left_out_are_in_no_denominator(card):
    found = evaluated(binary("AAH", [0.9, 0.1, 0.1]))
    share = Share(3, 15)
    assert verdict(found, share).startswith("On 3 of your 15 images this model is right in 0.7 (")
    assert method_sentence(found, share).startswith(
        "Each of the 3 images in the figures counts as independent."
    )
    one_side = evaluated(binary("AA", [0.9, 0.1]))
    assert "All the images in the figures are malignant" in " ".join(
        cautions(one_side, card, Share(2, 15))
    )


def test_with_images_of_another_kind_a_drop_is_not_called_domain_shift():
    own = binary("A" * 60 + "H" * 60, [0.9] * 43 + [0.1] * 17 + [0.1] * 54 + [0.9] * 6)
    found = evaluated(own)
    assert "This is called domain shift" in verdict(found)
    said = verdict(found, Share(120, 120, used_anyway=50))
    assert said.startswith("On your 120 images, 50 of another kind and used anyway, this model is")
    assert "these figures say nothing of domain shift" in said
    assert "This is called" not in said
    assert "What to do" not in said
