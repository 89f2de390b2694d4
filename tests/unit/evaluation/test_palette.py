from leuko.evaluation.palette import BLUE_GREEN, OCHRE, VERMILION, class_colours, model_styles
from tests.unit.evaluation.made_predictions import FOUR, TWO


def test_benign_is_blue_green_and_malignant_runs_from_ochre_to_vermilion():
    colours = class_colours(FOUR)
    assert colours["Benign"] == BLUE_GREEN
    assert (colours["Early"], colours["Pro"]) == (OCHRE, VERMILION)
    assert len(set(colours.values())) == 4
    assert class_colours(TWO) == {"HEM": BLUE_GREEN, "ALL": VERMILION}


def test_a_model_keeps_its_style_whatever_the_order():
    assert model_styles({"b": "x", "a": "x"}) == model_styles({"a": "x", "b": "x"})


def test_models_of_one_data_set_differ_in_colour_although_others_stand_between_them():
    models = {f"{letter}-{data}": data for letter in "abcdef" for data in ("cells", "fields")}
    styles = model_styles(models)
    for data in ("cells", "fields"):
        assert len({styles[name].colour for name, own in models.items() if own == data}) == 6


def test_many_models_differ_in_colour_or_pattern():
    models = {f"model-{i:02}": "one" for i in range(48)}
    assert len(set(model_styles(models).values())) == 48
