"""C-NMC 2019: single segmented cells on black, ALL against normal (HEM), training folds.

Source: Gupta, Gupta (2019), ALL Challenge dataset of ISBI 2019, The Cancer Imaging Archive,
DOI 10.7937/tcia.2019.dc64i46r, CC BY 3.0. File names are ``UID_<subject>_<image>_<cell>_<class>``.

Leakage: in the published release 99 pairs of files are byte-identical under two subject ids, and
94 of those pairs cross the official folds. Subjects that share a picture are therefore one group
here, and the official folds are not used. ``c_nmc_release`` knows every file of the
release; the labelled preliminary test has its own adapter, ``c_nmc_preliminary``.
"""

import re
from pathlib import Path

from leuko.data.dataset import (
    Dataset,
    Sample,
    found_in,
    hash_file,
    join_groups,
    locate,
    without_litter,
)
from leuko.errors import DatasetError
from leuko.labels import ClassSet, InputKind

ID = "c_nmc"
CLASSES = ClassSet(("HEM", "ALL"), frozenset({"ALL"}))
KIND = InputKind.SEGMENTED
SAME_SUBJECT = (
    ("20", "21"),
    ("51", "78"),
    ("51", "75"),
    ("H2", "H4"),
    ("H2", "H5"),
    ("H2", "H6"),
    ("H10", "H3"),
)
"""Subject ids under which the release holds byte-identical pictures (H3 is written h3 there)."""
WHOLE_RELEASE_TRAINING = 10_661
ADVICE = (
    "Get C-NMC 2019 from The Cancer Imaging Archive (DOI 10.7937/tcia.2019.dc64i46r); the layout "
    "is C-NMC_Leukemia/training_data/fold_{0,1,2}/{all,hem}/UID_*.bmp."
)
NAME = re.compile(r"^UID_(H?\d+)_(\d+)_(\d+)_(all|hem)\.(bmp|png)$", re.IGNORECASE)


def subject_group(subject: str) -> str:
    """The joined group of a subject id as it stands in a file name.

    Args:
        subject: such as ``"20"`` or ``"h3"``; case does not matter.
    """
    name = subject.upper()
    return join_groups(SAME_SUBJECT).get(name, name)


def read(data: Path) -> Dataset:
    """Read the training folds; ``.bmp`` as published or lossless ``.png``.

    Args:
        data: the set's folder, or a folder that holds ``c_nmc`` or ``C-NMC_Leukemia``.

    Raises:
        DatasetError: when no fold is found, a class is empty, or a name is not as published.
    """
    root = locate(
        data,
        (
            "C-NMC_Leukemia/training_data",
            "training_data",
            "c_nmc/C-NMC_Leukemia/training_data",
            ".",
        ),
        "fold_0",
        ADVICE,
    )
    joined = join_groups(SAME_SUBJECT)
    samples: list[Sample] = []
    for path in without_litter(root.glob("fold_*/*/*"), root):
        if path.suffix.lower() not in {".bmp", ".png"}:
            continue
        match = NAME.match(path.name)
        if not match or match[4].lower() != path.parent.name:
            raise DatasetError(f"'{path}' is not named as published (UID_11_1_1_all). {ADVICE}")
        subject = match[1].upper()
        samples.append(
            Sample(
                image_id=path.stem,
                path=path,
                label=match[4].upper(),
                group=joined.get(subject, subject),
                sha256=hash_file(path),
            )
        )
    for label in CLASSES.names:
        if not any(sample.label == label for sample in samples):
            raise DatasetError(
                f"'{root}' holds no picture of class {label}; found: {found_in(root)}. {ADVICE}"
            )
    part = len(samples) < WHOLE_RELEASE_TRAINING
    subjects = len({sample.group for sample in samples})
    notes = [
        f"Cells of {subjects} subjects; a split never divides a subject, and subject ids that "
        "share byte-identical pictures count as one subject.",
        "Cells were cut out automatically onto black: outline and size are visible to the "
        "network, the surroundings are not.",
    ]
    if part:
        notes.insert(
            0,
            f"Only {len(samples)} of the {WHOLE_RELEASE_TRAINING:,} published training cells: "
            "figures are figures on this subset and cannot be compared with the challenge's.",
        )
    return Dataset(
        id=ID,
        title="C-NMC 2019 (subset)" if part else "C-NMC 2019",
        kind=KIND,
        classes=CLASSES,
        samples=tuple(sorted(samples, key=lambda sample: sample.image_id)),
        group_meaning="subject (ids that share pictures are joined)",
        sequential=False,
        licence="CC BY 3.0",
        source="Gupta & Gupta 2019, DOI 10.7937/tcia.2019.dc64i46r",
        notes=tuple(notes),
    )
