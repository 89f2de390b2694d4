from leuko.evaluation.summary import summarise
from leuko.ui.widgets.tables import figure_table
from tests.unit.evaluation.made_predictions import binary


def test_figures_of_probabilities_stand_beside_those_of_decisions():
    table = figure_table(summarise(binary("AAHH", [0.9, 0.8, 0.2, 0.1]))).set_index("Figure")
    assert table.loc["Average precision", "Value"].startswith("1.0 (")
    assert table.loc["Average precision", "95 % interval by"] == "Wilson with 2 images as trials"
    assert table.loc["Brier score", "95 % interval by"] == "bootstrap over 4 images"
    assert table.loc["Calibration error (ECE)", "Images"] == "–"


def test_average_precision_of_one_side_is_not_measurable():
    table = figure_table(summarise(binary("AA", [0.9, 0.8]))).set_index("Figure")
    assert table.loc["Average precision", "Value"] == "not measurable (0 cases)"
    assert table.loc["Average precision", "95 % interval by"] == "–"
