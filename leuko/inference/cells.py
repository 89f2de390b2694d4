"""Read the cells of a field with a network that reads cells."""

from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from leuko.inference.classifier import DEFAULT_BATCH, Classifier
from leuko.inference.result import Result
from leuko.inspection.cells.found import Cell


def classify_cells(
    classifier: Classifier,
    pixels: NDArray[np.uint8],
    cells: Sequence[Cell],
    batch: int = DEFAULT_BATCH,
) -> list[Result]:
    """Class probabilities and evidence maps of cells that were found in one picture.

    Args:
        classifier: of a model whose card says ``reads_cells``.
        pixels: of the whole picture, uint8 (H, W, 3), RGB, any size.
        cells: of it, see :func:`leuko.inspection.cells.finder.find_leukocytes`.
        batch: cells that share one pass.

    Returns:
        One result a cell, in order; its evidence and its ``cells`` lie over the cut, see
        :class:`leuko.imaging.preprocessing.cell_cut.Cut`.

    Raises:
        ValueError: when the model reads whole pictures.
        WeightsError: when the network answers with something that is no number.
    """
    results: list[Result] = []
    waiting = classifier.preparation.of_cells(pixels, cells)
    while chunk := list(islice(waiting, batch)):
        answers = classifier.classify_prepared([prepared for _, prepared in chunk])
        results += [one.with_cells(cut.cell) for (cut, _), one in zip(chunk, answers, strict=True)]
    return results
