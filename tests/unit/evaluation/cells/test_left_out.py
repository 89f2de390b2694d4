"""The left-out-laboratory table: each laboratory by itself, and their mean."""

import numpy as np
import pytest

from leuko.errors import PredictionsError
from leuko.evaluation.cells import stored
from leuko.evaluation.cells.figures import cell_figures
from leuko.evaluation.cells.left_out import (
    LEFT_OUT_FILE,
    left_out_figures,
    write_left_out_predictions,
)
from leuko.evaluation.cells.ranking import ranked_cell_models
from leuko.models.store import list_models
from tests.made_cell_tables import hand_cells, made_cells, make_cell_model
from tests.made_models import make_model_folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKO_CACHE", str(tmp_path / "cache"))


def models(root):
    return list_models(root).models


def ranked(root):
    return [model.id for model in ranked_cell_models(models(root))]


def one_model(root, name):
    return list_models(root).get(name)


def test_each_laboratory_has_the_figures_of_its_own_cells():
    table = made_cells()
    found = left_out_figures(table, 0.4)
    assert [one.laboratory for one in found.laboratories] == sorted(set(table.laboratories))
    second = cell_figures(table.of("munich"), 0.4, "munich", seed=1)
    assert found.laboratories[1] == second


def test_the_mean_counts_each_laboratory_the_same_however_large():
    small = hand_cells(
        [("a", "Blast cell", "Monocyte"), ("b", "Monocyte", "Blast cell")] * 2, "small"
    )
    found = left_out_figures(joined(made_cells({"large": ("Blast cell", "Monocyte")}), small), 0.5)
    large, little = (one.balanced_accuracy.value for one in found.laboratories)
    assert little == 0
    assert found.balanced_accuracy.value == pytest.approx(large / 2)


def joined(*tables):
    """Tables of different laboratories as one."""
    columns = ("laboratories", "image_ids", "group_ids", "labels")
    texts = [sum((getattr(one, column) for one in tables), ()) for column in columns]
    rows = np.vstack([one.probabilities for one in tables])
    return type(tables[0])(*texts, rows, tables[0].classes)


def test_the_interval_of_the_mean_is_that_of_independent_laboratories():
    """The variance of a mean of three independent figures is a ninth of the sum of theirs."""
    found = left_out_figures(made_cells(cells=240, strength=1.5), 0.4)

    def width(estimate):
        return estimate.high - estimate.low

    parts = [width(one.balanced_accuracy) for one in found.laboratories]
    expected = np.sqrt(np.square(parts).sum()) / 3
    assert width(found.balanced_accuracy) == pytest.approx(expected, rel=0.08)
    assert found.balanced_accuracy.method == "bootstrap within 3 laboratories"


def test_a_laboratory_with_one_label_is_shown_and_not_part_of_the_mean():
    table = joined(made_cells(), hand_cells([("a", "Blast cell", "Blast cell")] * 4, "blasts"))
    found = left_out_figures(table, 0.5)
    assert len(found.laboratories) == 4
    assert [one.laboratory for one in found.measured] == ["all_idb2", "munich", "wbc_segmentation"]


def test_with_no_two_labels_anywhere_nothing_is_measurable():
    found = left_out_figures(hand_cells([("a", "Blast cell", "Blast cell")] * 4), 0.5)
    assert found.balanced_accuracy.text() == "not measurable (no laboratory with two labels)"


def test_figures_of_a_model_are_computed_once_for_each_content(tmp_path, monkeypatch):
    make_cell_model(tmp_path, "made")
    model = one_model(tmp_path, "made")
    first = stored.left_out_of(model)
    monkeypatch.setattr(stored, "left_out_figures", None)
    assert stored.left_out_of(model) == first
    table = model.folder / LEFT_OUT_FILE
    table.write_bytes(table.read_bytes() + b"\n")
    with pytest.raises(TypeError):
        stored.left_out_of(model)


def test_a_model_that_nobody_measured_says_what_to_do(tmp_path):
    make_cell_model(tmp_path, "made", twins=False)
    with pytest.raises(PredictionsError, match="train it again with the laboratories left out"):
        stored.left_out_of(one_model(tmp_path, "made"))


def test_held_out_cells_are_read_with_their_laboratories(tmp_path):
    make_cell_model(tmp_path, "made")
    found = stored.pooled_of(one_model(tmp_path, "made"))
    assert [one.laboratory for one in found.laboratories] == ["acevedo", "munich"]


def test_cell_models_are_ranked_by_laboratories_left_out_not_by_the_card(tmp_path):
    make_cell_model(tmp_path, "a-weak", strength=1.0, recommended=True)
    make_cell_model(tmp_path, "b-strong", strength=4.0)
    make_cell_model(tmp_path, "c-unmeasured", twins=False, recommended=True)
    make_model_folder(tmp_path, "fields")
    assert ranked(tmp_path) == ["b-strong", "a-weak", "c-unmeasured"]


def test_between_equal_ones_the_recommended_comes_first(tmp_path):
    make_cell_model(tmp_path, "a")
    make_cell_model(tmp_path, "b", recommended=True)
    make_cell_model(tmp_path, "c")
    assert ranked(tmp_path) == ["b", "a", "c"]


def test_models_are_compared_over_the_laboratories_they_share(tmp_path):
    """An easy laboratory that only one model was measured on does not put it first."""
    hard = hand_cells([("a", "Blast cell", "Blast cell"), ("b", "Monocyte", "Blast cell")], "hard")
    easy = hand_cells([("a", "Blast cell", "Blast cell"), ("b", "Monocyte", "Monocyte")], "easy")
    better = hand_cells(
        [("a", "Blast cell", "Blast cell"), ("b", "Monocyte", "Blast cell"),
         ("c", "Monocyte", "Monocyte")],
        "hard",
    )  # fmt: skip
    for name, table in (("a-easy-too", joined(hard, easy)), ("b-hard-only", better)):
        make_cell_model(tmp_path, name, twins=False)
        write_left_out_predictions(table, tmp_path / name)
    assert ranked(tmp_path) == ["b-hard-only", "a-easy-too"]
