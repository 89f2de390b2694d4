"""Acevedo PBC: 17,092 cells of normal peripheral blood in eight folders, named more finely by file.

Source: Acevedo, Merino, Alférez, Molina, Boldú, Rodellar (2020), A dataset of microscopic
peripheral blood cell images for development of automatic recognition systems, Data in Brief
30:105474, DOI 10.17632/snkd93bnjr.1, CC BY 4.0. Hospital Clínic of Barcelona, CellaVision DM96,
May Grünwald-Giemsa, 360 x 363 JPEG, one cell in the middle with its surroundings. Labelled by
clinical pathologists. The file name begins with the finer class:
SNE and BNE segmented and band neutrophils, PMY, MY and MMY promyelocytes, myelocytes and
metamyelocytes; NEUTROPHIL and IG are neutrophils and immature granulocytes without a finer name.

Leakage: no patient id is published, near-identical pictures exist (``PMY_497134`` and
``PMY_586364`` are the same bytes), and TXL-PBC repeats pictures. Nobody with a blast gave blood.
"""

import re
from pathlib import Path

from leuko import cell_classes as cells
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
from leuko.labels import InputKind

ID = "acevedo"
WHOLE_SET = 17_092
FOLDER = "PBC_dataset_normal_DIB"
LABELS = {
    "SNE": cells.SEGMENTED,
    "BNE": cells.BAND,
    "NEUTROPHIL": cells.NEUTROPHIL,
    "EO": cells.EOSINOPHIL,
    "BA": cells.BASOPHIL,
    "LY": cells.LYMPHOCYTE,
    "MO": cells.MONOCYTE,
    "PMY": cells.PROMYELOCYTE,
    "MY": cells.MYELOCYTE,
    "MMY": cells.METAMYELOCYTE,
    "IG": cells.IMMATURE_GRANULOCYTE,
    "ERB": cells.ERYTHROBLAST,
    "PLATELET": cells.PLATELET,
}
"""What the first part of a file name says."""
ADVICE = (
    "Get the public set 'A dataset for microscopic peripheral blood cell images' (Mendeley Data, "
    f"DOI 10.17632/snkd93bnjr.1); the layout is {FOLDER}/neutrophil/SNE_104.jpg."
)
_NAME = re.compile(rf"^({'|'.join(LABELS)})_(\d+)\.(jpe?g|png|tiff?|bmp)$", re.IGNORECASE)


def read(data: Path) -> Dataset:
    """Read the folders of the cells.

    Args:
        data: the set's folder, a folder that holds it, or one that holds ``acevedo_pbc``.

    Raises:
        DatasetError: when the folder is missing or holds no picture, or a name is not as published.
    """
    root = find_root(data)
    samples = []
    for path in without_litter(root.glob("*/*"), root):
        match = _NAME.match(path.name)
        if not match:
            raise DatasetError(f"'{path}' is not named as published (SNE_104.jpg). {ADVICE}")
        label = LABELS[match[1].upper()]
        samples.append(Sample(path.stem, path, label, path.stem, hash_file(path), laboratory=ID))
    if not samples:
        raise DatasetError(f"'{root}' holds no pictures; found: {found_in(root)}. {ADVICE}")
    part = len(samples) < WHOLE_SET
    notes = [
        "No patient id is published: cells of one patient may stand in training and test, so the "
        "figures are optimistic for new patients.",
        "One hospital, one scanner, and no malignant cell.",
    ]
    if part:
        notes.insert(0, f"Only {len(samples):,} of the {WHOLE_SET:,} published cells.")
    return Dataset(
        id=ID,
        title="Acevedo PBC (part)" if part else "Acevedo PBC",
        kind=InputKind.CROP,
        classes=cells.class_set(),
        samples=join_copies(sorted(samples, key=lambda sample: sample.image_id)),
        group_meaning="single picture (byte-identical copies joined; no patient id is published)",
        sequential=False,
        licence="CC BY 4.0",
        source="Acevedo et al. 2020, DOI 10.17632/snkd93bnjr.1",
        notes=tuple(notes),
        label_sets=cells.LABEL_SETS,
    )


def find_root(data: Path) -> Path:
    """The folder ``PBC_dataset_normal_DIB``.

    Args:
        data: as for :func:`read`.

    Raises:
        DatasetError: when it is not there.
    """
    candidates = (".", FOLDER, f"acevedo_pbc/{FOLDER}", f"acevedo/{FOLDER}")
    return locate(data, candidates, "neutrophil", ADVICE)
