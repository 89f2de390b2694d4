"""Fit when an attribute of a cell is said, and when a cell is too unlike the training cells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Floats, Integers
from leuko.errors import ImageError
from leuko.imaging.decoding.decode import read_picture
from leuko.imaging.preprocessing.cell_cut import nearest_cell
from leuko.inference.attributes import AttributeReader
from leuko.inspection.cells.finder import find_leukocytes
from leuko.models.attributes.card import NovelShare
from leuko.statistics.intervals import wilson_interval

ONE_SIDED_80 = 0.8416212335729143
"""Standard-normal quantile that 80 % lie below."""
LIKE_TRAINING = 0.95
"""Share of cells like the training ones that is to be described."""


def said_from(probabilities: Floats, truth: Integers, right_share: float) -> list[float | None]:
    """Probability at or above which each value is said, so that what is said is right often enough.

    Of the cells whose most probable value it is, the most probable ones are taken as long as the
    lower limit of the share of right ones, with a confidence of 80 %, is the stated share: with few
    cells nothing is promised, and the best of many limits would look better than it is. At least
    half probable.

    Args:
        probabilities: (n, k), of validation cells.
        truth: (n,), position of the true value.
        right_share: in (0, 1).

    Returns:
        One a value; None where no cell, or too few, would allow it.

    Source: Wilson (1927), see :func:`leuko.statistics.intervals.wilson_interval`.
    """
    told = probabilities.argmax(axis=1)
    found: list[float | None] = []
    for value in range(probabilities.shape[1]):
        mine = (told == value) & (probabilities[:, value] >= 0.5)  # noqa: PLR2004
        if not mine.any():
            found.append(None)
            continue
        scores = probabilities[mine, value]
        order = np.argsort(-scores, kind="stable")
        right = (truth[mine] == value)[order].cumsum()
        said = np.arange(1, len(order) + 1)
        # Cells of one probability are said together or not at all.
        last_of_its_kind = np.append(np.diff(scores[order]) != 0, True)
        least = np.array(
            [
                wilson_interval(int(r), int(n), ONE_SIDED_80)[0]
                for r, n in zip(right, said, strict=True)
            ]
        )
        enough = (least >= right_share) & last_of_its_kind
        found.append(float(scores[order][np.flatnonzero(enough)[-1]]) if enough.any() else None)
    return found


def novel_share(
    reader: AttributeReader,
    title: str,
    paths: Iterable[Path],
    threshold: float,
    novelty: Callable[[NDArray[np.float32]], Floats],
    *,
    all_cells: bool,
) -> NovelShare | None:
    """How many cells of another collection are novel.

    Args:
        reader: the model.
        title: of the collection.
        paths: of its pictures; what cannot be read is passed over, for it only stands for what
            else there is.
        threshold: novelty above which a cell is novel.
        novelty: of pooled features (N, C).
        all_cells: all leukocytes of a picture rather than the one in the middle.

    Returns:
        None where no cell was found.
    """
    cells = novel = 0
    for path in paths:
        try:
            pixels = read_picture(path).pixels
        except ImageError:
            continue
        height, width = pixels.shape[:2]
        found = find_leukocytes(pixels).cells
        if not all_cells:
            middle = nearest_cell(found, (width / 2, height / 2))
            found = (middle,) if middle is not None else ()
        if found:
            values = novelty(reader.read_raw(pixels, found).pooled)
            cells, novel = cells + len(values), novel + int((values > threshold).sum())
    return NovelShare(title=title, cells=cells, novel=novel) if cells else None


def spread_paths(paths: Sequence[Path], most: int) -> list[Path]:
    """At most so many of the paths, evenly spread over their order."""
    places = np.linspace(0, len(paths) - 1, min(most, len(paths))).round().astype(int)
    return [paths[place] for place in places]


def label_positions(labels: Sequence[str]) -> NDArray[np.int64]:
    """Classes as numbers from 0, in alphabetical order, int64 (n,)."""
    order: Mapping[str, int] = {name: place for place, name in enumerate(sorted(set(labels)))}
    return np.array([order[label] for label in labels], dtype=np.int64)
