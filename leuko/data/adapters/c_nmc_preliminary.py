"""C-NMC 2019, preliminary test of the challenge: 1,867 segmented cells with a label table.

Layout: ``validation_data/C-NMC_test_prelim_phase_data/1.bmp`` to ``1867.bmp`` and beside the folder
``C-NMC_test_prelim_phase_data_labels.csv`` with the columns ``Patient_ID`` (the cell's name in the
style of the training folds, ``UID_57_29_1_all.bmp``), ``new_names`` (the file, ``1.bmp``) and
``labels``, where 1 is ALL and 0 is HEM, as the names in the first column say too.

The final test (``testing_data/C-NMC_test_final_phase_data``) has no public labels: it is counted
and verified (``leuko.data.adapters.c_nmc_release``) and no figure is ever computed on it.
"""

import csv
from pathlib import Path

from leuko.data.adapters import c_nmc
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

ID = "c_nmc_preliminary"
FOLDER = "C-NMC_test_prelim_phase_data"
LABEL_FILE = "C-NMC_test_prelim_phase_data_labels.csv"
COLUMNS = ("Patient_ID", "new_names", "labels")
LABEL_OF = {"1": "ALL", "0": "HEM"}
WHOLE_RELEASE = 1_867
SUFFIXES = (".bmp", ".png")
ADVICE = (
    "Get C-NMC 2019 from The Cancer Imaging Archive (DOI 10.7937/tcia.2019.dc64i46r); the layout "
    f"is C-NMC_Leukemia/validation_data/{FOLDER}/1.bmp to 1867.bmp with {LABEL_FILE} beside the "
    "folder."
)


def read(data: Path) -> Dataset:
    """Read the preliminary test; ``.bmp`` as published or lossless ``.png``.

    Args:
        data: the set's folder, or a folder that holds ``c_nmc`` or ``C-NMC_Leukemia``.

    Raises:
        DatasetError: when the folder or its label table is missing or not as published.
    """
    root = locate(
        data,
        (
            "C-NMC_Leukemia/validation_data",
            "validation_data",
            "c_nmc/C-NMC_Leukemia/validation_data",
            ".",
        ),
        FOLDER,
        ADVICE,
    )
    labelled = read_labels(root)
    samples: list[Sample] = []
    for path in without_litter((root / FOLDER).iterdir(), root):
        if path.suffix.lower() not in SUFFIXES:
            continue
        if path.stem not in labelled:
            raise DatasetError(f"'{path}' has no row in {LABEL_FILE}. {ADVICE}")
        subject, label = labelled[path.stem]
        samples.append(
            Sample(
                image_id=f"preliminary/{path.stem}",
                path=path,
                label=label,
                group=c_nmc.subject_group(subject),
                sha256=hash_file(path),
            )
        )
    for label in c_nmc.CLASSES.names:
        if not any(sample.label == label for sample in samples):
            raise DatasetError(
                f"'{root / FOLDER}' holds no picture of class {label}; found: "
                f"{found_in(root / FOLDER)}. {ADVICE}"
            )
    part = len(samples) < WHOLE_RELEASE
    notes = ["Preliminary test of the challenge: its subjects are not those of the training folds."]
    if part:
        notes.insert(
            0,
            f"Only {len(samples)} of the {WHOLE_RELEASE:,} published cells: figures are figures on "
            "this subset.",
        )
    return Dataset(
        id=ID,
        title=f"C-NMC 2019, preliminary test{' (subset)' if part else ''}",
        kind=c_nmc.KIND,
        classes=c_nmc.CLASSES,
        samples=join_copies(sorted(samples, key=lambda sample: sample.image_id)),
        group_meaning="subject (ids that share pictures are joined)",
        sequential=False,
        licence="CC BY 3.0",
        source="Gupta & Gupta 2019, DOI 10.7937/tcia.2019.dc64i46r",
        notes=tuple(notes),
    )


def read_labels(root: Path) -> dict[str, tuple[str, str]]:
    """The label table.

    Args:
        root: the folder that holds the table, ``validation_data``.

    Returns:
        (subject, class) by the number under which the picture is filed.

    Raises:
        DatasetError: when the table is missing, has other columns, or a label contradicts the
            name beside it.
    """
    path = root / LABEL_FILE
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            table = csv.DictReader(stream)
            missing = set(COLUMNS) - set(table.fieldnames or ())
            rows = [] if missing else list(table)
    except FileNotFoundError:
        raise DatasetError(
            f"'{root}' holds no {LABEL_FILE}; found: {found_in(root)}. {ADVICE}"
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise DatasetError(f"'{path}' is no readable table ({problem}). {ADVICE}") from problem
    if missing:
        raise DatasetError(
            f"'{path}' lacks the columns {', '.join(sorted(missing))}: download it again. {ADVICE}"
        )
    labelled: dict[str, tuple[str, str]] = {}
    for row in rows:
        name = c_nmc.NAME.match(row["Patient_ID"] or "")
        label = LABEL_OF.get((row["labels"] or "").strip())
        if name is None or label is None or name[4].upper() != label:
            raise DatasetError(
                f"'{path}' holds a row that is not as published (Patient_ID {row['Patient_ID']}, "
                f"labels {row['labels']}; 1 is ALL, 0 is HEM): download it again. {ADVICE}"
            )
        labelled[Path(row["new_names"]).stem] = (name[1].upper(), label)
    return labelled
