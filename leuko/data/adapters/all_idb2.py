"""ALL-IDB2: single-cell crops, 130 lymphoblasts (``_1``) and 130 healthy cells (``_0``).

Source: Donida Labati, Piuri, Scotti (2011), ALL-IDB: the acute lymphoblastic leukemia image
database for image processing, ICIP 2011. Given on request by its owners; never redistributed.

Leakage: ``Im223_0`` and ``Im257_0`` are byte-identical, and eight further pairs are two photographs
of one cell (:data:`SAME_CELL`); no subject id is published, and several cells may come from one
patient. The cells were cut out of the fields of ALL-IDB1: a model trained on one of the two sets
must never be tested on the other.
"""

import re
from pathlib import Path

from leuko.data.dataset import (
    Dataset,
    Sample,
    found_in,
    hash_file,
    join_copies,
    locate,
    without_litter,
)
from leuko.errors import DatasetError
from leuko.labels import ClassSet, InputKind

ID = "all_idb2"
CLASSES = ClassSet(("Healthy", "Blast"), frozenset({"Blast"}))
SAME_CELL = (
    ("Im025_1", "Im031_1"),
    ("Im028_1", "Im031_1"),
    ("Im134_0", "Im245_0"),
    ("Im138_0", "Im146_0"),
    ("Im171_0", "Im211_0"),
    ("Im222_0", "Im256_0"),
    ("Im225_0", "Im259_0"),
    ("Im227_0", "Im260_0"),
)
"""Pictures that show the same cell twice: found by perceptual hash, confirmed by eye."""
ADVICE = (
    "Ask the owners of ALL-IDB for ALL-IDB2 (University of Milan, Department of Computer "
    "Science); the layout is img/Im001_1.tif to img/Im260_0.tif."
)
_NAME = re.compile(r"^Im(\d+)_([01])\.(tiff?|bmp|png|jpe?g)$", re.IGNORECASE)


def read(data: Path) -> Dataset:
    """Read the folder ``img``.

    Args:
        data: the set's folder, ``img`` itself, or a folder that holds ``all_idb2``.

    Raises:
        DatasetError: when the folder is missing or one class has no picture.
    """
    root = locate(data, ("img", "all_idb2/img", "ALL_IDB2/img", "ALL_IDB2", "."), ".", ADVICE)
    if not any(_NAME.match(path.name) for path in root.iterdir()):
        raise DatasetError(
            f"'{root}' holds no file such as Im001_1.tif; found: {found_in(root)}. {ADVICE}"
        )
    samples: list[Sample] = []
    for path in without_litter(root.iterdir(), root):
        match = _NAME.match(path.name)
        if match:
            label = "Blast" if match[2] == "1" else "Healthy"
            samples.append(Sample(path.stem, path, label, path.stem, hash_file(path)))
    for label in CLASSES.names:
        if not any(sample.label == label for sample in samples):
            raise DatasetError(
                f"'{root}' holds no picture of class {label}; found: {found_in(root)}. {ADVICE}"
            )
    return Dataset(
        id=ID,
        title="ALL-IDB2",
        kind=InputKind.CROP,
        classes=CLASSES,
        samples=join_copies(samples, SAME_CELL),
        group_meaning="single picture (pictures of one cell joined; no subject id is published)",
        sequential=False,
        licence="on request from its owners; pictures may not be redistributed",
        source="Donida Labati, Piuri, Scotti, ICIP 2011",
        notes=(
            "No subject id is published: cells of one patient may stand in training and test, "
            "so the figures are optimistic for new patients.",
            "260 cells of one laboratory: the intervals are wide.",
        ),
    )
