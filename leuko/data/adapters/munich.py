"""Munich AML: 18,365 single cells of 100 patients with AML and 100 without, in fifteen classes.

Source: Matek, Schwarz, Spiekermann, Marr (2019), Human-level recognition of blast cells in acute
myeloid leukaemia with convolutional neural networks, Nature Machine Intelligence 1:538; The Cancer
Imaging Archive, AML-Cytomorphology_LMU, DOI 10.7937/tcia.2019.36f5o9ld. One laboratory (Munich
University Hospital), MetaSystems scanner, 100 x oil, 400 x 400 with the cell in the middle.

Leakage: no patient id is published, so that cells of one patient cannot be kept together. Nearly
all blasts are myeloblasts of patients, and most other cells are segmented neutrophils: what tells
these two apart is easy. Its promyelocytes are in part those of promyelocytic leukaemia.

Licence: one copy names CC BY 4.0 in one place and CC BY-NC 4.0 in another. The narrower holds
here: for research use.
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

ID = "munich"
WHOLE_SET = 18_365
FOLDER = "AML-Cytomorphology_LMU"
LABELS = {
    "NGS": cells.SEGMENTED,
    "NGB": cells.BAND,
    "EOS": cells.EOSINOPHIL,
    "BAS": cells.BASOPHIL,
    "LYT": cells.LYMPHOCYTE,
    "LYA": cells.NOT_A_BLAST,
    "MON": cells.MONOCYTE,
    "PMO": cells.PROMYELOCYTE,
    "PMB": cells.PROMYELOCYTE,
    "MYB": cells.MYELOCYTE,
    "MMZ": cells.METAMYELOCYTE,
    "MYO": cells.BLAST,
    "MOB": cells.BLAST,
    "EBO": cells.ERYTHROBLAST,
}
"""Classes by folder. Monoblasts count as blasts. The atypical lymphocytes (LYA) are left coarse:
whether one is reactive or neoplastic is not published."""
LEFT_OUT = frozenset({"KSC"})
"""Smudge cells: a burst nucleus belongs to none of the classes."""
SMUDGE_CELLS = 15
ADVICE = (
    "Get AML-Cytomorphology_LMU from The Cancer Imaging Archive (DOI 10.7937/tcia.2019.36f5o9ld); "
    f"the layout is {FOLDER}/MYO/MYO_0001.tiff."
)
_NAME = re.compile(r"^([A-Z]{3})_(\d+)\.(tiff?|jpe?g|png|bmp)$", re.IGNORECASE)


def read(data: Path) -> Dataset:
    """Read the folders of the classes; ``.tiff`` as published, or another format.

    Args:
        data: the set's folder, a folder that holds it, or one that holds ``munich_aml``.

    Raises:
        DatasetError: when the folder is missing or holds no picture, or a name is not as published.
    """
    candidates = (".", FOLDER, f"munich_aml/{FOLDER}", f"munich/{FOLDER}")
    root = locate(data, candidates, "MYO", ADVICE)
    samples = []
    for path in without_litter(root.glob("*/*"), root):
        code = path.parent.name.upper()
        if code in LEFT_OUT:
            continue
        match = _NAME.match(path.name)
        if not match or match[1].upper() != code or code not in LABELS:
            raise DatasetError(f"'{path}' is not named as published (MYO_0001.tiff). {ADVICE}")
        content = hash_file(path)
        samples.append(Sample(path.stem, path, LABELS[code], path.stem, content, laboratory=ID))
    if not samples:
        raise DatasetError(f"'{root}' holds no pictures; found: {found_in(root)}. {ADVICE}")
    notes = [
        "No patient id is published: cells of one patient may stand in training and test, so the "
        "figures are optimistic for new patients.",
        "Copies of the set name CC BY 4.0 in one place and CC BY-NC 4.0 in another: for research "
        "use.",
    ]
    part = len(samples) < WHOLE_SET - SMUDGE_CELLS
    if part:
        notes.insert(0, f"Only {len(samples):,} of the {WHOLE_SET:,} published cells.")
    return Dataset(
        id=ID,
        title="Munich AML (part)" if part else "Munich AML",
        kind=InputKind.CROP,
        classes=cells.class_set(),
        samples=join_copies(sorted(samples, key=lambda sample: sample.image_id)),
        group_meaning="single picture (byte-identical copies joined; no patient id is published)",
        sequential=False,
        licence="research use (CC BY-NC 4.0 in one place, CC BY 4.0 in another)",
        source="Matek et al. 2019, DOI 10.7937/tcia.2019.36f5o9ld",
        notes=tuple(notes),
        label_sets=cells.LABEL_SETS,
    )
