"""ALL-IDB1: 108 whole fields, 49 with lymphoblasts (``_1``) and 59 healthy (``_0``).

Source: Donida Labati, Piuri, Scotti (2011), ALL-IDB: the acute lymphoblastic leukemia image
database for image processing, ICIP 2011. Given on request by its owners; never redistributed.
Layout: ``im/Im001_1.jpg`` to ``im/Im108_0.jpg`` and, for fields with blasts,
``xyc/Im001_1.xyc`` with one line ``x y`` a blast: the centre in pixels from the upper left.

Leakage: the cells of ALL-IDB2 were cut out of these fields, so a model trained on one of the two
sets must never be tested on the other. No subject id is published. Fields were taken at different
magnifications.
"""

import re
from collections.abc import Mapping
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

ID = "all_idb1"
CLASSES = ClassSet(("Healthy", "Blast"), frozenset({"Blast"}))
WHOLE_SET = 108
ADVICE = (
    "Ask the owners of ALL-IDB for ALL-IDB1 (University of Milan, Department of Computer "
    "Science); the layout is im/Im001_1.jpg to im/Im108_0.jpg, with xyc/Im001_1.xyc beside."
)
CANDIDATES = ("im", "all_idb1/im", "ALL_IDB1/im", "ALL_IDB1", ".")
_NAME = re.compile(r"^Im(\d+)_([01])\.(jpe?g|png|tiff?|bmp)$", re.IGNORECASE)


def read(data: Path) -> Dataset:
    """Read the folder ``im``.

    Args:
        data: the set's folder, ``im`` itself, or a folder that holds ``all_idb1``.

    Raises:
        DatasetError: when the folder is missing or one class has no picture.
    """
    root = locate(data, CANDIDATES, ".", ADVICE)
    samples: list[Sample] = []
    for path in without_litter(root.iterdir(), root):
        match = _NAME.match(path.name)
        if match:
            label = "Blast" if match[2] == "1" else "Healthy"
            samples.append(Sample(path.stem, path, label, path.stem, hash_file(path)))
    if not samples:
        raise DatasetError(
            f"'{root}' holds no file such as Im001_1.jpg; found: {found_in(root)}. {ADVICE}"
        )
    for label in CLASSES.names:
        if not any(sample.label == label for sample in samples):
            raise DatasetError(
                f"'{root}' holds no picture of class {label}; found: {found_in(root)}. {ADVICE}"
            )
    notes = [
        "No subject id is published: fields of one patient may stand in training and test, so the "
        "figures are optimistic for new patients.",
        f"{len(samples)} fields of one laboratory: the intervals are wide.",
        "The cells of ALL-IDB2 were cut out of these fields: a model trained here must not be "
        "tested there.",
    ]
    if len(samples) < WHOLE_SET:
        notes.insert(0, f"Only {len(samples)} of the {WHOLE_SET} published fields.")
    return Dataset(
        id=ID,
        title="ALL-IDB1",
        kind=InputKind.FIELD,
        classes=CLASSES,
        samples=join_copies(sorted(samples, key=lambda sample: sample.image_id)),
        group_meaning="single picture (byte-identical copies joined; no subject id is published)",
        sequential=False,
        licence="on request from its owners; pictures may not be redistributed",
        source="Donida Labati, Piuri, Scotti, ICIP 2011",
        notes=tuple(notes),
    )


def read_blast_centres(data: Path) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Where the experts saw lymphoblasts, from the folder ``xyc``.

    Args:
        data: as for :func:`read`.

    Returns:
        (x, y) of each blast, pixels from the upper left, by image id; empty without the folder.

    Raises:
        DatasetError: when the data set is missing, or a file holds something other than pairs.
    """
    folder = locate(data, CANDIDATES, ".", ADVICE).parent / "xyc"
    centres: dict[str, tuple[tuple[int, int], ...]] = {}
    for path in without_litter(folder.glob("*.xyc"), folder):
        try:
            numbers = [int(float(word)) for word in path.read_text(encoding="utf-8").split()]
        except (OSError, ValueError) as problem:
            raise DatasetError(f"'{path}' holds no numbers ({problem}). {ADVICE}") from problem
        if len(numbers) % 2:
            raise DatasetError(f"'{path}' ends in the middle of a pair x y. {ADVICE}")
        centres[path.stem] = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    return centres
