"""Figures of the finder of leukocytes made for tests."""

import json

import numpy as np

from leuko.evaluation.finder.figures import (
    FieldCount,
    FinderFigures,
    MaskDice,
    Speed,
    TwinRecord,
    summarise,
)

HAND_COUNTED = ((1, 1, 1), (1, 1, 1), (2, 1, 1), (1, 1, 1), (1, 2, 1), (2, 2, 2))
"""True, found and matched leukocytes of the fields of "bccd" here: 8, 8 and 7."""


def finder_figures(many=40, seed=0):
    """Two collections with boxes and counts, three laboratories with masks.

    Args:
        many: fields of the second collection.
        seed: of its counts.
    """
    generator = np.random.default_rng(seed)
    true = generator.integers(1, 30, many)
    found = np.maximum(true + generator.integers(-2, 2, many), 0)
    rows = zip(true.tolist(), found.tolist(), strict=True)
    fields = [("bccd", f"bccd {n}", False, counts) for n, counts in enumerate(HAND_COUNTED)]
    fields += [
        ("txl_pbc, Raabin", f"txl {n}", True, (a, b, min(a, b))) for n, (a, b) in enumerate(rows)
    ]
    counts = tuple(
        FieldCount(set=name, picture=picture, left_out=out, true=a, found=b, matched=c)
        for name, picture, out, (a, b, c) in fields
    )
    return FinderFigures(
        sha256="0" * 64,
        twins=tuple(
            TwinRecord(without=name, sha256="1" * 64, laboratories=("bccd",), steps=900)
            for name in ("all_idb2", "wbc_segmentation")
        ),
        detection=tuple(summarise(counts)),
        counts=counts,
        dice=tuple(
            MaskDice(
                laboratory=name, left_out=out, region=region, pictures=100, mean=dice,
                low=dice - 0.01, high=dice + 0.01, median=dice, fifth_percentile=0.7, worst=0.1,
            )
            for name, out, cell, nucleus in (
                ("all_idb2", True, 0.91, 0.94),
                ("wbc_segmentation", True, 0.90, 0.95),
                ("wbc_segmentation", False, 0.96, 0.97),
            )
            for region, dice in (("whole cell", cell), ("nucleus", nucleus))
        ),
        speed=(
            Speed(
                set="bccd", width_px=640, height_px=480, pictures=50, milliseconds=12.0,
                milliseconds_per_megapixel=41.0, threads=2,
            ),
        ),
    )  # fmt: skip


def write_figures(path, **changes):
    """Write them as the command does; ``changes`` replace top-level entries."""
    raw = finder_figures().model_dump(mode="json") | changes
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path
