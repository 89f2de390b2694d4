"""How well cells found by colour agree with hand-drawn masks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leuko.data.adapters.wbc_segmentation import MaskedPicture, read_mask
from leuko.imaging.decoding.decode import read_picture
from leuko.inspection.cells.mask import NUCLEUS, CellMask
from leuko.inspection.cells.segmentation import find_cells
from leuko.settings import Limits
from leuko.statistics.intervals import bootstrap_interval

LOW_PERCENTILE = 5


@dataclass(frozen=True)
class MaskOverlap:
    """Dice coefficients of one picture, in [0, 1].

    Attributes:
        picture: which one.
        cell: of the whole cell, nucleus and cytoplasm together.
        nucleus: of the nucleus.
    """

    picture: MaskedPicture
    cell: float
    nucleus: float


@dataclass(frozen=True)
class DiceSummary:
    """Dice coefficients of a set of pictures.

    Attributes:
        mean: over the pictures.
        low, high: 95 % interval of the mean, pictures resampled; None for a single picture.
        median: over the pictures.
        fifth_percentile: 5 % of the pictures agree less.
        worst: least of all.
    """

    mean: float
    low: float | None
    high: float | None
    median: float
    fifth_percentile: float
    worst: float


@dataclass(frozen=True)
class CellFigures:
    """What the command and the document say about one set of pictures.

    Attributes:
        dataset: its name.
        seen: whether the segmentation was tuned on these pictures.
        pictures: how many.
        cell, nucleus: Dice coefficients.
    """

    dataset: str
    seen: bool
    pictures: int
    cell: DiceSummary
    nucleus: DiceSummary


def dice(found: NDArray[np.bool_], drawn: NDArray[np.bool_]) -> float:
    """Dice coefficient of two regions of one size: twice the overlap by the sum of the areas.

    Returns:
        In [0, 1]; 1 when both are empty.

    Source: Dice (1945), Ecology 26:297-302.
    """
    areas = int(found.sum()) + int(drawn.sum())
    return 2 * int((found & drawn).sum()) / areas if areas else 1.0


def agreement(picture: MaskedPicture, limits: Limits) -> MaskOverlap:
    """Segment one picture and compare with its mask, at the mask's resolution.

    Args:
        picture: with its files.
        limits: bounds for reading it.

    Raises:
        ImageError, DatasetError: when one of the two files cannot be read.
    """
    drawn = read_mask(picture.mask)
    found = enlarge(find_cells(read_picture(picture.picture, limits).pixels), drawn.shape)
    return MaskOverlap(
        picture, dice(found > 0, drawn > 0), dice(found == NUCLEUS, drawn == NUCLEUS)
    )


def enlarge(mask: CellMask, shape: tuple[int, ...]) -> CellMask:
    """A mask at another resolution, each position taking the nearest value."""
    if mask.shape == shape:
        return mask
    image = Image.fromarray(mask).resize((shape[1], shape[0]), Image.Resampling.NEAREST)
    return np.asarray(image)


def figures(agreements: Iterable[MaskOverlap]) -> list[CellFigures]:
    """Figures of each data set, pictures that were looked at while tuning apart from the rest."""

    def side(one: MaskOverlap) -> tuple[str, bool]:
        return one.picture.dataset, one.picture.seen

    found = []
    for (dataset, seen), group in groupby(sorted(agreements, key=side), key=side):
        ones = list(group)
        cell = summarise_dice([one.cell for one in ones])
        nucleus = summarise_dice([one.nucleus for one in ones])
        found.append(CellFigures(dataset, seen, len(ones), cell, nucleus))
    return found


def summarise_dice(values: Sequence[float]) -> DiceSummary:
    """Mean with its interval, median and the lower end of Dice coefficients, at least one."""
    column = np.asarray(values, dtype=np.float64)
    counts = np.column_stack([column, np.ones_like(column)])
    interval = bootstrap_interval(counts, lambda sums: sums[:, 0] / sums[:, 1])
    low, high = interval if interval is not None else (None, None)
    return DiceSummary(
        mean=float(column.mean()),
        low=low,
        high=high,
        median=float(np.median(column)),
        fifth_percentile=float(np.percentile(column, LOW_PERCENTILE)),
        worst=float(column.min()),
    )
