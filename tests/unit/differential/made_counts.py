"""Counted fields made for tests, without a network or a picture."""

import numpy as np

from leuko.cell_classes import CELL_CLASSES, class_set
from leuko.decision.verdict import Verdict
from leuko.differential.counted import CountedCell, CountedField
from leuko.inference.result import Result
from leuko.inspection.cells.found import Box, Cell
from leuko.labels import InputKind


def made_cell(number, label, probability=0.9, deferred=False, prediction_set=None):
    """A cell for which a model suggests a class."""
    rest = (1 - probability) / (len(CELL_CLASSES) - 1)
    probabilities = {name: probability if name == label else rest for name in CELL_CLASSES}
    malignant = class_set().malignant
    result = Result(
        "made", label, label in malignant, probabilities, probabilities["Blast cell"],
        np.zeros((len(CELL_CLASSES), 1, 1), np.float32), 64, (0, 0, 64, 64),
    )  # fmt: skip
    verdict = Verdict(
        label, probability, InputKind.CROP, deferred=deferred, prediction_set=prediction_set,
        n_classes=len(CELL_CLASSES), malignant=malignant,
    )  # fmt: skip
    corners = np.array([[0, 0], [9, 0], [9, 9]], np.int32)
    cell = Cell(Box(10 * number, 0, 10, 10), (10 * number + 5, 5), 6.0, corners, (corners,), False)
    return CountedCell(number, cell, result, verdict)


def made_field(*cells, name="field.png", sha256="a" * 64, **changes):
    """A field of cells."""
    return CountedField(name, sha256, 1000, 100, cells, **changes)
