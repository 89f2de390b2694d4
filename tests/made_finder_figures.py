"""Figures of the finder of leukocytes made for tests."""

import numpy as np

from leuko.evaluation.cells.finder import (
    CountedField,
    Detection,
    FinderFigures,
    Interval,
    Overlap,
)

HAND_COUNTED = ((1, 1), (1, 1), (2, 1), (1, 1), (1, 2), (2, 2))
"""True and found leukocytes of the fields of "BCCD" here."""


def interval(value, half=0.02, units=40):
    return Interval(
        value=value, low=max(0.0, value - half), high=min(1.0, value + half), units=units
    )


def finder_figures(many=40, seed=0):
    """Two collections with boxes and counts, three laboratories with masks.

    Args:
        many: fields of the second collection.
        seed: of its counts.
    """
    generator = np.random.default_rng(seed)
    true = generator.integers(1, 30, many)
    found = np.maximum(true + generator.integers(-2, 2, many), 0)
    fields = [
        CountedField(set="BCCD", picture=f"bccd {n}", true=a, found=b, left_out=False)
        for n, (a, b) in enumerate(HAND_COUNTED)
    ] + [
        CountedField(set="TXL-PBC", picture=f"txl {n}", true=a, found=b, left_out=True)
        for n, (a, b) in enumerate(zip(true.tolist(), found.tolist(), strict=True))
    ]
    return FinderFigures(
        made="2026-11-28",
        detections=(
            Detection(
                set="BCCD", pictures=364, iou=0.5, true=372, found=370, hits=362,
                precision=interval(0.978), recall=interval(0.973), f1=interval(0.976),
                left_out=False,
            ),
            Detection(
                set="TXL-PBC", pictures=126, iou=0.5, true=150, found=160, hits=143,
                precision=interval(0.894), recall=interval(0.953), f1=interval(0.923),
                left_out=True,
            ),
        ),
        overlaps=tuple(
            Overlap(laboratory=name, part=part, pictures=100, dice=interval(dice), left_out=out)
            for name, out, cell, nucleus in (
                ("all_idb2", True, 0.91, 0.94),
                ("wbc_segmentation", True, 0.90, 0.95),
                ("wbc_segmentation", False, 0.96, 0.97),
            )
            for part, dice in (("cell", cell), ("nucleus", nucleus))
        ),
        fields=tuple(fields),
        milliseconds_a_megapixel=41.0,
        device="CPU, 2 cores",
    )  # fmt: skip
