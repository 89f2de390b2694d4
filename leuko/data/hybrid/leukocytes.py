"""Leukocytes of several laboratories, with the classes of a differential count.

What each source teaches, and in which words, is in :mod:`leuko.data.hybrid.sources`: fine classes
(Acevedo, Munich), groups of classes (wbc_segmentation: neutrophils without a finer name) or what a
cell is not (ALL-IDB2 and C-NMC: "not a blast cell"; BCCD and Raabin in TXL-PBC: "normal
leukocyte"). A class must not be a laboratory: Munich, ALL-IDB2 and C-NMC hold blasts and other
cells, the others no blast. Only a figure on a laboratory that was left out
(:mod:`leuko.data.hybrid.laboratories`) says how a model does on new slides.

C-NMC's cells lie on black; they are single cells like the others, and a recipe may leave that
laboratory out. BCD, a part of TXL-PBC, is left out, as are cells that the border of their picture
cuts.

Leakage: near copies within and across the sources are joined
(:mod:`leuko.data.hybrid.near_copies`), and cells of one field are one group. Patients are known for
C-NMC alone.
"""

from collections.abc import Sequence
from pathlib import Path

from leuko import cell_classes as cells
from leuko.data.dataset import Dataset, found_in
from leuko.data.hybrid.near_copies import Joined, join_near_copies
from leuko.data.hybrid.sources import SOURCES
from leuko.errors import DatasetError
from leuko.labels import InputKind

ID = "leukocytes"
LEAST_SOURCES = 2
ADVICE = (
    "Lay at least two of these data sets into one folder in their public layout: "
    + ", ".join(SOURCES)
    + "."
)


def read(data: Path) -> Dataset:
    """Read every source that a folder holds.

    Args:
        data: a folder that holds folders of data sets, as ``LEUKO_DATA`` is.

    Raises:
        DatasetError: when fewer than two sources are there, naming the folders that were looked
            for, or one that is there is not as published.
    """
    if not data.is_dir():
        raise DatasetError(f"No folder '{data}': give the folder of the data sets. {ADVICE}")
    found = [name for name, source in SOURCES.items() if source.is_in(data)]
    if len(found) < LEAST_SOURCES:
        looked = ", ".join(folder for source in SOURCES.values() for folder in source.folders)
        raise DatasetError(
            f"'{data}' should hold the folders of {LEAST_SOURCES} data sets of leukocytes or more "
            f"and holds {len(found)}; found: {found_in(data)}. Looked for: {looked}. {ADVICE}"
        )
    cells_found = [sample for name in found for sample in SOURCES[name].read(data)]
    joined = join_near_copies(cells_found)
    return Dataset(
        id=ID,
        title="Leukocytes of several laboratories",
        kind=InputKind.CROP,
        classes=cells.class_set(),
        samples=tuple(sorted(joined.samples, key=lambda sample: sample.image_id)),
        group_meaning="picture or, for C-NMC, subject (near copies joined across the sources)",
        sequential=False,
        licence="research use: the terms of every source hold, the narrowest is that of ALL-IDB2 "
        "(on request, never redistributed) and Munich (CC BY-NC 4.0 in one place)",
        source=f"{len(found)} public data sets: {', '.join(found)}",
        notes=_notes(found, joined),
        label_sets=cells.LABEL_SETS,
    )


def _notes(found: Sequence[str], joined: Joined) -> tuple[str, ...]:
    notes = [
        "No patient id is published but for C-NMC: cells of one patient may stand in training and "
        "test, so figures on a pooled split are optimistic; those on a laboratory left out are "
        "not.",
        "Coarse labels: a cell named 'Not a blast cell', 'Normal leukocyte', 'Neutrophil' or "
        "'Immature granulocyte' is one of several classes.",
        f"Pictures that two sources hold are taken once ({joined.repeated:,}); {joined.pairs:,} "
        "further pairs of pictures that show one cell or field are joined into groups.",
    ]
    absent = [name for name in SOURCES if name not in found]
    if absent:
        notes.append(f"Sources that are not there: {', '.join(absent)}.")
    return tuple(notes)
