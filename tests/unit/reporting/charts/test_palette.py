import pytest

from leuko.models.card import read_card
from leuko.reporting.charts.palette import BLUE_GREEN, OCHRE, VERMILION, class_colours, model_styles
from tests.made_models import make_model_folder
from tests.unit.evaluation.made_predictions import FOUR, TWO


def test_benign_is_blue_green_and_malignant_runs_from_ochre_to_vermilion():
    colours = class_colours(FOUR)
    assert colours["Benign"] == BLUE_GREEN
    assert (colours["Early"], colours["Pro"]) == (OCHRE, VERMILION)
    assert len(set(colours.values())) == 4
    assert class_colours(TWO) == {"HEM": BLUE_GREEN, "ALL": VERMILION}


@pytest.fixture
def card(tmp_path):
    made = read_card(make_model_folder(tmp_path, "made"))

    def card_of(model_id, data="one", row=None):
        dataset = made.dataset.model_copy(update={"id": data})
        return made.model_copy(update={"id": model_id, "dataset": dataset, "study_row": row})

    return card_of


def test_a_model_keeps_its_style_whatever_the_order(card):
    assert model_styles([card("b"), card("a")]) == model_styles([card("a"), card("b")])


def test_models_of_one_data_set_differ_in_colour_although_others_stand_between_them(card):
    data_sets = ("cells", "fields")
    styles = model_styles(card(f"{c}-{data}", data) for c in "abcdef" for data in data_sets)
    for data in data_sets:
        assert len({styles[f"{c}-{data}"].colour for c in "abcdef"}) == 6


def test_models_for_use_are_plain_before_those_that_repeat_a_study(card):
    styles = model_styles([*(card(f"a{n}", row="A1") for n in range(6)), card("z")])
    assert styles["z"].pattern == ""


def test_many_models_differ_in_colour_or_pattern(card):
    models = [card(f"model-{i:02}") for i in range(48)]
    assert len(set(model_styles(models).values())) == 48
