"""How many of the leukocytes that a person marked were found, with intervals over fields."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leuko.arrays import Floats
from leuko.evaluation.cells.finder import FieldCount
from leuko.evaluation.units import NO_CASES, Units
from leuko.statistics.estimate import Estimate
from leuko.statistics.intervals import RESAMPLES, resample_groups

TRUE, FOUND, MATCHED = range(3)
NONE_FOUND = "no cell was found"


@dataclass(frozen=True)
class Detected:
    """Cells found in the fields of one collection.

    Attributes:
        set: its name.
        left_out: whether nothing of this laboratory was used to make the finder.
        fields: number of fields.
        true, found, matched: cells marked, cells found, and found cells that are marked ones.
        precision, recall, f1: matched by found, matched by true, and their harmonic mean.
    """

    set: str
    left_out: bool
    fields: int
    true: int
    found: int
    matched: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


def detected(
    fields: Sequence[FieldCount], seed: int = 0, resamples: int = RESAMPLES
) -> list[Detected]:
    """Precision, recall and F1 of each collection, in the order in which they first occur.

    Cells of one field are alike, so that whole fields are resampled.

    Args:
        fields: in any order; a collection of which parts were used and parts left out gives two.
        seed: of the bootstrap.
        resamples: of the bootstrap.
    """
    sides = dict.fromkeys((one.set, one.left_out) for one in fields)
    return [
        _of_collection([one for one in fields if (one.set, one.left_out) == side], seed, resamples)
        for side in sides
    ]


def _of_collection(fields: Sequence[FieldCount], seed: int, resamples: int) -> Detected:
    counts = np.array([(one.true, one.found, one.matched) for one in fields], dtype=np.float64)
    drawn = resample_groups(counts, resamples, seed)  # (R, 3)
    total = counts.sum(axis=0)
    units = Units(len(fields), are_groups=True)

    def share(hits: Floats, trials: Floats, sums: Floats, absent: str) -> Estimate:
        if not sums[1]:
            return Estimate(None, reason=absent)
        return units.estimate(float(sums[0] / sums[1]), len(fields), lambda: _ratio(hits, trials))

    true, found, matched = (drawn[:, column] for column in (TRUE, FOUND, MATCHED))
    return Detected(
        set=fields[0].set,
        left_out=fields[0].left_out,
        fields=len(fields),
        true=int(total[TRUE]),
        found=int(total[FOUND]),
        matched=int(total[MATCHED]),
        precision=share(matched, found, total[[MATCHED, FOUND]], NONE_FOUND),
        recall=share(matched, true, total[[MATCHED, TRUE]], NO_CASES),
        f1=share(
            2 * matched,
            true + found,
            np.array([2 * total[MATCHED], total[TRUE] + total[FOUND]]),
            NO_CASES,
        ),
    )


def _ratio(hits: Floats, trials: Floats) -> Floats:
    out = np.full(trials.shape, np.nan)
    np.divide(hits, trials, out=out, where=trials > 0)
    return out
