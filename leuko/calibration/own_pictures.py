"""A laboratory's own labelled pictures on disk, in the form of a data set.

One folder a class: the folder above a picture is its label. Or tables (CSV or Excel) in the folder
with the columns ``file``, ``label`` and, where known, ``group`` (patient or slide); file names are
read from where the table lies. A picture is what its content says, whatever it is called. Pictures
of one group never stand on two sides of a split.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from leuko.data.dataset import Dataset, Sample, hash_file, join_copies
from leuko.data.unreadable import find_unreadable, leave_out_of_dataset
from leuko.errors import DatasetError, LabelsError
from leuko.evaluation.external.label_files import LabelledFile, assign_labels
from leuko.evaluation.external.label_table import LabelTable, read_label_table
from leuko.evaluation.external.label_vocabulary import class_for, read_word
from leuko.evaluation.external.match_paths import GivenFile
from leuko.evaluation.external.table_rows import MOST_BYTES
from leuko.imaging.decoding.file_types import FileKind
from leuko.imaging.filenames import display_name, one_spelling
from leuko.imaging.intake.folder import is_meant_as_picture, kind_on_disk, list_folder
from leuko.imaging.intake.spreadsheets import spreadsheet_kind
from leuko.imaging.intake.zip_archive import is_table_name
from leuko.models.card import ModelCard

OWN_ID = "own"
NAMED = 5
LAYOUT = (
    "Lay your pictures out as one folder a class, named as the model names it, or put a table (CSV "
    "or Excel) with the columns file, label and group beside them."
)


def read_own_pictures(folder: Path, card: ModelCard) -> Dataset:
    """Read a laboratory's own pictures for a model.

    Args:
        folder: of the pictures.
        card: of the model; labels must name its classes.

    Raises:
        DatasetError: when there is no picture, a label names no class of the model, or too many
            pictures cannot be read; fewer are left out and named in ``notes``.
        LabelsError: when a table is no table of labels.
    """
    if not folder.is_dir():
        raise DatasetError(f"No folder '{folder}'. {LAYOUT}")
    found = _sort_out(folder)
    given = [
        GivenFile(number, path.relative_to(folder).as_posix(), hash_file(path))
        for number, path in enumerate(found.pictures)
    ]
    assignment = assign_labels(given, _tables(folder, found.tables))
    if not assignment.labelled:
        raise DatasetError(f"'{folder}' holds no labelled picture. {LAYOUT}")
    label_of = _labels(assignment.labelled, card)
    by_number = {file.number: file for file in given}
    samples = [
        Sample(
            image_id=one_spelling(by_number[each.number].path),
            path=found.pictures[each.number],
            label=label_of[each.word],
            group=f"group {each.group}" if each.group else f"file {by_number[each.number].path}",
            sha256=by_number[each.number].sha256,
        )
        for each in assignment.labelled
    ]
    dataset = Dataset(
        id=OWN_ID,
        title=folder.resolve().name,
        kind=card.input.kind,
        classes=card.class_set,
        samples=join_copies(sorted(samples, key=lambda sample: sample.image_id)),
        group_meaning="patient or slide" if assignment.grouped else "picture",
        sequential=False,
        licence="the laboratory's own",
        source="the laboratory's own",
        notes=(
            *found.skipped,
            *(_with_names(finding.sentence, finding.names) for finding in assignment.findings),
        ),
    )
    return leave_out_of_dataset(dataset, find_unreadable(dataset.samples))


@dataclass(frozen=True)
class _Found:
    """Files of a folder by what they are, and sentences on those that are not used."""

    pictures: list[Path]
    tables: list[Path]
    skipped: tuple[str, ...]


def _sort_out(folder: Path) -> _Found:
    """Tell pictures and tables by their content; whatever is neither is named."""
    listing = list_folder(folder)
    pictures, tables, others = [], [], []
    unread = [f"{name} ({reason})" for name, reason in listing.unread]
    for path in listing.files:
        name = path.relative_to(folder).as_posix()
        try:
            kind = kind_on_disk(path)
        except OSError as problem:
            unread.append(f"{name} ({problem.strerror or 'it cannot be opened'})")
            continue
        if is_meant_as_picture(path):
            pictures.append(path)
        elif is_table_name(name) or (kind is FileKind.ZIP and _is_spreadsheet(path)):
            tables.append(path)
        elif kind is not None:
            others.append(name)
    sentences = (
        (f"{_count(len(others))} neither picture nor table of labels, not used.", others),
        (f"{_count(len(unread))} not opened.", unread),
    )
    return _Found(pictures, tables, tuple(_with_names(*pair) for pair in sentences if pair[1]))


def _is_spreadsheet(path: Path) -> bool:
    small = path.stat().st_size <= MOST_BYTES
    return small and spreadsheet_kind(path.read_bytes()) is not None


def _count(files: int) -> str:
    return f"{files} file{'' if files == 1 else 's'}"


def _with_names(sentence: str, names: Sequence[str]) -> str:
    shown = ", ".join(display_name(name) for name in names[:NAMED])
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{sentence} {shown}{more}" if names else sentence


def _tables(folder: Path, paths: Sequence[Path]) -> list[LabelTable]:
    tables = []
    for path in paths:
        place = path.relative_to(folder)
        if path.stat().st_size > MOST_BYTES:
            raise LabelsError(
                f"{place.as_posix()} has more than {MOST_BYTES // 1024**2} megabytes: keep the "
                "columns file, label and group alone."
            )
        above = place.parent.as_posix().removeprefix(".")
        tables.append(read_label_table(place.as_posix(), path.read_bytes(), above))
    return tables


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
