import numpy as np

from leuko.evaluation.attributes.predictions import AttributePredictions, TwoReaders
from leuko.evaluation.attributes.summary import summarise_attributes
from leuko.reporting.tables.attributes import attribute_rows, attribute_sentences
from tests.made_attributes import attributes_card

VALUES = {"cell_shape": ("round", "irregular")}
NAMES = tuple(f"c{place}" for place in range(20))
TRUTH = {"cell_shape": np.array([0, 1] * 10)}
PREDICTIONS = AttributePredictions(VALUES, NAMES, TRUTH, {"cell_shape": np.eye(2)[[0, 1] * 10]})
SECOND = {"cell_shape": np.array([0, 1] * 9 + [1, 1])}
READERS = TwoReaders(VALUES, NAMES, ("test",) * 20, TRUTH, SECOND)


def test_a_row_an_attribute_with_model_and_readers_beside_each_other_and_one_for_the_mean():
    shape, mean = attribute_rows(summarise_attributes(PREDICTIONS, READERS, resamples=100))
    assert shape["Attribute"] == "Cell shape"
    assert shape["Macro F1 of the model"] == (
        "1.00 (no interval: all cells agree, so resampling tells nothing)"
    )
    assert shape["Readers agree"].startswith("0.95 (0.7")
    assert shape["Cohen's kappa"].startswith("0.90 (")
    assert mean["Attribute"] == "Mean of all"
    assert mean["Macro F1 of a second reader"] == shape["Macro F1 of a second reader"]


def test_without_a_second_reader_there_is_a_dash():
    shape, _ = attribute_rows(summarise_attributes(PREDICTIONS, None, resamples=100))
    assert shape["Cohen's kappa"] == "–"


def test_sentences_say_on_what_was_measured_and_what_is_novel():
    shares = [
        {"title": "Own test cells", "cells": 20, "novel": 1},
        {"title": "Elsewhere", "cells": 8, "novel": 6},
    ]
    card = attributes_card(
        novelty={"sha256": "0" * 64, "threshold": 1.0, "stated": 0.95, "measured": shares}
    )
    said = attribute_sentences(summarise_attributes(PREDICTIONS, READERS, resamples=100), card)
    assert said[0].startswith("Measured on the 20 cells of the official test side")
    assert "Two readers described 20 of the cells" in said[1]
    assert "Own test cells 5% (1 of 20); Elsewhere 75% (6 of 8)" in said[-1]
