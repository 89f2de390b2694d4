"""The table of what a cell model said: fine and coarse labels, checked row by row."""

import csv

import numpy as np
import pytest

from leuko.cell_classes import CELL_CLASSES, class_set
from leuko.errors import PredictionsError
from leuko.evaluation.cells.left_out import (
    LEFT_OUT_FILE,
    read_left_out,
    write_left_out_predictions,
)
from leuko.evaluation.cells.table import classes_of, read_cell_predictions, write_cell_predictions
from leuko.evaluation.predictions import read_predictions
from leuko.labels import ClassSet
from tests.made_cell_tables import hand_cells, made_cells


@pytest.fixture
def folder(tmp_path):
    write_left_out_predictions(made_cells(cells=20), tmp_path)
    return tmp_path


def edited(folder, change):
    """Rewrite the table with its rows, a list of dictionaries, changed in place."""
    path = folder / LEFT_OUT_FILE
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    change(rows)
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_what_is_written_is_read_again(folder):
    before, after = made_cells(cells=20), read_left_out(folder, class_set())
    for column in ("laboratories", "image_ids", "group_ids", "labels"):
        assert getattr(before, column) == getattr(after, column)
    np.testing.assert_allclose(before.probabilities, after.probabilities, atol=1e-9)


def test_a_table_of_fine_labels_is_read_as_any_model_s_predictions_too(tmp_path):
    table = made_cells({"munich": CELL_CLASSES}, cells=48)
    write_cell_predictions(table, tmp_path / "test_predictions.csv")
    read = read_predictions(tmp_path / "test_predictions.csv", class_set())
    assert read.labels == table.labels
    np.testing.assert_array_equal(read.suggested_indices(0.4), table.suggested_indices(0.4))


def test_without_the_column_all_cells_are_of_one_laboratory_without_a_name(folder):
    edited(folder, lambda rows: [row.pop("laboratory") for row in rows])
    path = folder / LEFT_OUT_FILE
    assert read_cell_predictions(path, class_set(), needs_laboratory=False).laboratory_names == (
        "",
    )
    with pytest.raises(PredictionsError, match="has no column 'laboratory'"):
        read_left_out(folder, class_set())


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("laboratory", "", "names no laboratory: evaluate the model again"),
        ("laboratory", "x" * 81, "names a laboratory with 81 letters: use at most 80"),
        ("image_id", "", "has no image id or no group id"),
        ("image_id", "all_idb2/0001", "'all_idb2/0001' stands in the table twice"),
        ("label", "Pre-B ALL", "has the label 'Pre-B ALL', but the model knows"),
        ("probability_Monocyte", "much", "has a probability that is no number"),
        ("probability_Monocyte", "7", "has a probability outside 0 to 1"),
        ("probability_Blast cell", "0.99", "do not sum to 1"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named(folder, column, value, sentence):
    edited(folder, lambda rows: rows[0].update({column: value}))
    with pytest.raises(PredictionsError, match=sentence) as refused:
        read_left_out(folder, class_set())
    assert str(refused.value).startswith(f"{folder.name}/{LEFT_OUT_FILE}")


def test_a_missing_table_is_one_sentence(tmp_path):
    with pytest.raises(PredictionsError, match=r"left_out_predictions\.csv is missing"):
        read_left_out(tmp_path, class_set())


def test_one_name_may_stand_in_two_laboratories(folder):
    edited(folder, lambda rows: rows[20].update(image_id=rows[0]["image_id"]))
    assert read_left_out(folder, class_set()).n == 60


def test_twins_of_no_laboratory_are_not_written(tmp_path):
    with pytest.raises(ValueError, match="names no laboratory"):
        write_left_out_predictions(hand_cells([("g", "Monocyte", "Monocyte")], ""), tmp_path)


def test_a_label_stands_for_its_classes_and_a_model_s_own_class_for_itself():
    assert classes_of("Neutrophil", class_set()) == ("Segmented neutrophil", "Band neutrophil")
    few = ClassSet(("Neutrophil", "Blast cell", "Monocyte"), frozenset({"Blast cell"}))
    assert classes_of("Neutrophil", few) == ("Neutrophil",)
    assert classes_of("Normal leukocyte", few) == ("Monocyte",)
    assert classes_of("Basophil", few) == ()


def test_only_what_a_label_leaves_no_doubt_of_is_malignant_or_not():
    table = hand_cells(
        [
            ("a", "Blast cell", "Monocyte"),
            ("b", "Not a blast cell", "Blast cell"),
            ("c", "Normal leukocyte", "Basophil"),
            ("d", "Immature granulocyte", "Band neutrophil"),
        ]
    )
    assert table.is_malignant.tolist() == [True, False, False, False]
    assert table.is_not_malignant.tolist() == [False, True, True, True]
    assert table.agrees(table.suggested_indices(0.5)).tolist() == [False, False, True, False]
