"""Bring files and labels together; whatever does not fit is counted and named, never dropped."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leuko.evaluation.external.label_table import LabelRow, LabelTable
from leuko.evaluation.external.label_vocabulary import word_key
from leuko.evaluation.external.match_paths import FileMatcher, GivenFile, Reach, path_parts
from leuko.imaging.filenames import name_key


@dataclass(frozen=True)
class LabelledFile:
    """A picture with its label.

    Attributes:
        number: identity in the session.
        word: its label as written.
        group: patient or slide; empty where none is known.
    """

    number: int
    word: str
    group: str = ""


@dataclass(frozen=True)
class Finding:
    """Something that does not fit.

    Attributes:
        sentence: with its count, and what follows from it.
        names: files or rows concerned.
    """

    sentence: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Assignment:
    """Pictures with their labels.

    Attributes:
        labelled: each different picture once, in the order of ``number``.
        findings: what was left out or is in doubt.
        from_table: whether labels come from a table, not from folders.
        grouped: whether some picture belongs to a named group.
    """

    labelled: tuple[LabelledFile, ...]
    findings: tuple[Finding, ...]
    from_table: bool
    grouped: bool


def assign_labels(files: Sequence[GivenFile], tables: Sequence[LabelTable]) -> Assignment:
    """Give each picture its label, from a table where there is one, else from its folder.

    A table's file name fits a picture when one path ends with the other, case, composition of
    letters and the ending of the file aside; the picture nearest to the table goes before any
    other, see :meth:`FileMatcher.match`. Byte-identical pictures count once.

    Args:
        files: pictures that can be read, as far as known.
        tables: the user's tables of labels; their rows are taken together.
    """
    if tables:
        labelled, findings = _from_tables(files, tables)
    else:
        labelled, findings = _from_folders(files)
    kept, more = _each_picture_once(files, labelled)
    grouped = any(each.group for each in kept)
    findings += more
    alone = [each.number for each in kept if not each.group]
    if grouped and alone:
        findings.append(
            Finding(
                f"{_images(len(alone))} without a group: each counts as a group of its own.",
                _paths(files, alone),
            )
        )
    return Assignment(tuple(kept), tuple(findings), bool(tables), grouped)


def _images(count: int) -> str:
    return f"{count} image{'' if count == 1 else 's'}"


def _paths(files: Iterable[GivenFile], numbers: Iterable[int]) -> tuple[str, ...]:
    wanted = set(numbers)
    return tuple(file.path for file in files if file.number in wanted)


def _from_folders(files: Sequence[GivenFile]) -> tuple[list[LabelledFile], list[Finding]]:
    labelled, bare = [], []
    for file in files:
        folders = path_parts(file.path)[:-1]
        if folders:
            labelled.append(LabelledFile(file.number, folders[-1]))
        else:
            bare.append(file.path)
    if not bare:
        return labelled, []
    sentence = (
        f"{_images(len(bare))} without a label, left out: in no folder, and there is no table of "
        "labels."
    )
    return labelled, [Finding(sentence, tuple(bare))]


def _from_tables(
    files: Sequence[GivenFile], tables: Sequence[LabelTable]
) -> tuple[list[LabelledFile], list[Finding]]:
    matcher = FileMatcher(files)
    found: dict[int, list[LabelRow]] = defaultdict(list)
    absent, ambiguous = [], []
    for row, numbers in (pair for table in tables for pair in _meant(matcher, table)):
        if not numbers:
            absent.append(row.file)
        elif len(numbers) > 1:
            ambiguous.append(row.file)
        else:
            found[numbers[0]].append(row)
    labelled, unlabelled, contradicted = [], [], []
    first_spelling: dict[str, str] = {}
    for file in files:
        rows = [row for row in found[file.number] if row.label]
        if not rows:
            unlabelled.append(file.path)
        elif len({(word_key(row.label), name_key(row.group)) for row in rows}) > 1:
            contradicted.append(file.path)
        else:
            # One patient has one name, however it is typed: apart, his pictures would be divided.
            group = first_spelling.setdefault(name_key(rows[0].group), rows[0].group)
            labelled.append(LabelledFile(file.number, rows[0].label, group))
    nameless = sum(table.nameless for table in tables)
    findings = [
        Finding(sentence, tuple(names))
        for sentence, names in (
            (
                f"{_images(len(unlabelled))} without a label in the table, left out.",
                unlabelled,
            ),
            (
                f"{_rows(len(absent))} of the table for files that are not among your images.",
                absent,
            ),
            (
                f"{_rows(len(ambiguous))} of the table, each fitting several files, not used: "
                "write the folder before the file name.",
                ambiguous,
            ),
            (
                f"{_images(len(contradicted))} with two different rows in the table, left out.",
                contradicted,
            ),
        )
        if names
    ]
    findings += [Finding(note, ()) for table in tables for note in table.notes]
    if nameless:
        findings.append(
            Finding(f"{_rows(nameless)} of the table without a file name, not used.", ())
        )
    return labelled, findings


def _meant(matcher: FileMatcher, table: LabelTable) -> list[tuple[LabelRow, list[int]]]:
    """Each row with the pictures that it may mean.

    A table that names a picture of its own folder, or else of its own archive, is about that one:
    the same name elsewhere is another picture.
    """
    nearer = [Reach.FOLDER] if table.folder else []
    nearer += [Reach.ARCHIVE] if table.archive else []
    for reach in (*nearer, Reach.ANYWHERE):
        found = [
            (row, matcher.match(row.file, table.folder, table.archive, reach)) for row in table.rows
        ]
        if any(numbers for _, numbers in found):
            break
    return found


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _each_picture_once(
    files: Sequence[GivenFile], labelled: Sequence[LabelledFile]
) -> tuple[list[LabelledFile], list[Finding]]:
    sha256_of = {file.number: file.sha256 for file in files}
    same: dict[str, list[LabelledFile]] = defaultdict(list)
    for each in labelled:
        same[sha256_of[each.number]].append(each)
    kept, copies, contradicted = [], [], []
    for group in same.values():
        if len({(word_key(each.word), each.group) for each in group}) > 1:
            contradicted += [each.number for each in group]
        else:
            kept.append(group[0])
            copies += [each.number for each in group[1:]]
    findings = []
    if copies:
        findings.append(
            Finding(
                f"{_images(len(copies))} left out as byte-identical "
                f"cop{'y' if len(copies) == 1 else 'ies'} of others: a picture counts once.",
                _paths(files, copies),
            )
        )
    if contradicted:
        findings.append(
            Finding(
                f"{_images(len(contradicted))} left out: byte-identical, but with different "
                "labels or groups.",
                _paths(files, contradicted),
            )
        )
    return sorted(kept, key=lambda each: each.number), findings
