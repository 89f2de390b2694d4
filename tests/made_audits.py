"""Drawn sets in which a leak or a shortcut is planted, or none."""

import numpy as np

from leuko.data.dataset import Dataset, Sample, hash_file
from leuko.labels import ClassSet, InputKind
from tests import drawn

SIDE_PX = 96
CLASSES = ClassSet(("Healthy", "Blast"), frozenset({"Blast"}))


def tinted(pixels, colour):
    """A picture seen through coloured glass."""
    return (pixels.astype(float) * np.array(colour)).round().astype(np.uint8)


def make_fields(folder, groups=5, per_group=4, *, tint=None, seed=0):
    """PNG fields of both classes; ``tint`` colours the class Blast.

    The classes are told apart by nothing but the tint: the drawings are all of healthy fields.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = 1000 * seed
    for label in CLASSES.names:
        for group in range(groups):
            for _ in range(per_group):
                number += 1
                pixels = drawn.draw_field(number, False, SIDE_PX)
                if tint and label == "Blast":
                    pixels = tinted(pixels, tint)
                content = drawn.encode(pixels, "PNG")
                (folder / f"{label}-{group}-{number}.png").write_bytes(content)
    return folder


def read_fields(folder, *, sequential=False, kind=InputKind.FIELD):
    """All files of a folder as a data set; class and group stand in the name."""
    samples = []
    for path in sorted(folder.iterdir()):
        label, group, _ = path.stem.split("-", 2)
        name = f"{label}/{group}"
        samples.append(Sample(path.name, path, label, name, hash_file(path)))
    return Dataset(
        id="made",
        title="Made fields",
        kind=kind,
        classes=CLASSES,
        samples=tuple(samples),
        group_meaning="made group",
        sequential=sequential,
        licence="-",
        source="-",
    )
