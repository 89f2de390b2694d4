from leuko.evaluation.palette import BLUE_GREEN, OCHRE, VERMILION, class_colours, model_styles
from tests.unit.evaluation.made_predictions import FOUR, TWO


def test_benign_is_blue_green_and_malignant_runs_from_ochre_to_vermilion():
    colours = class_colours(FOUR)
    assert colours["Benign"] == BLUE_GREEN
    assert (colours["Early"], colours["Pro"]) == (OCHRE, VERMILION)
    assert len(set(colours.values())) == 4
    assert class_colours(TWO) == {"HEM": BLUE_GREEN, "ALL": VERMILION}


def test_a_model_keeps_its_style_whatever_the_order():
    assert model_styles(["b", "a"]) == model_styles(["a", "b"])


def test_many_models_differ_in_colour_or_pattern():
    assert len(set(model_styles([f"model-{i:02}" for i in range(24)]).values())) == 24
