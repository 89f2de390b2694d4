"""A laboratory's own labelled pictures on disk, in the form of a data set.

One folder a class: the folder above a picture is its label. Or one CSV in the folder with the
columns ``file``, ``label`` and, where known, ``group`` (patient or slide). Pictures of one group
never stand on two sides of a split.
"""

from collections.abc import Sequence
from pathlib import Path

from leuko.data.dataset import Dataset, Sample, hash_file, join_copies
from leuko.errors import DatasetError
from leuko.evaluation.external.label_files import LabelledFile, assign_labels
from leuko.evaluation.external.label_table import LabelTable, is_label_table, read_label_table
from leuko.evaluation.external.label_vocabulary import class_for, read_word
from leuko.evaluation.external.match_paths import GivenFile
from leuko.models.card import ModelCard

OWN_ID = "own"
PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif")
LAYOUT = (
    "Lay your pictures out as one folder a class, named as the model names it, or put a CSV with "
    "the columns file, label and group beside them."
)


def read_own_pictures(folder: Path, card: ModelCard) -> Dataset:
    """Read a laboratory's own pictures for a model.

    Args:
        folder: of the pictures.
        card: of the model; labels must name its classes.

    Raises:
        DatasetError: when there is no picture, or a label names no class of the model.
        LabelsError: when a CSV is no table of labels.
    """
    if not folder.is_dir():
        raise DatasetError(f"No folder '{folder}'. {LAYOUT}")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    given = [
        GivenFile(number, path.relative_to(folder).as_posix(), hash_file(path))
        for number, path in enumerate(files)
        if path.suffix.casefold() in PICTURES
    ]
    assignment = assign_labels(given, _tables(files))
    if not assignment.labelled:
        raise DatasetError(f"'{folder}' holds no labelled picture. {LAYOUT}")
    label_of = _labels(assignment.labelled, card)
    by_number = {file.number: file for file in given}
    samples = [
        Sample(
            image_id=by_number[each.number].path,
            path=files[each.number],
            label=label_of[each.word],
            group=f"group {each.group}" if each.group else f"file {by_number[each.number].path}",
            sha256=by_number[each.number].sha256,
        )
        for each in assignment.labelled
    ]
    return Dataset(
        id=OWN_ID,
        title=folder.resolve().name,
        kind=card.input.kind,
        classes=card.class_set,
        samples=join_copies(sorted(samples, key=lambda sample: sample.image_id)),
        group_meaning="patient or slide" if assignment.grouped else "picture",
        sequential=False,
        licence="the laboratory's own",
        source="the laboratory's own",
        notes=tuple(finding.sentence for finding in assignment.findings),
    )


def _tables(files: Sequence[Path]) -> list[LabelTable]:
    return [
        read_label_table(path.name, path.read_bytes())
        for path in files
        if is_label_table(path.name)
    ]


def _labels(labelled: Sequence[LabelledFile], card: ModelCard) -> dict[str, str]:
    """Class of each label that is written."""
    found: dict[str, str] = {}
    for word in sorted({each.word for each in labelled}):
        meaning = read_word(word, [card.class_set])
        name = class_for(meaning, card.class_set) if meaning is not None else None
        if name is None:
            raise DatasetError(
                f"The label '{word}' names no class of '{card.id}', which tells "
                f"{', '.join(card.classes)} apart. {LAYOUT}"
            )
        found[word] = name
    return found
