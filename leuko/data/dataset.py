"""What every data-set adapter returns: pictures with their class, their group and their hash."""

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from leuko.errors import DatasetError
from leuko.imaging.intake.litter import is_litter
from leuko.inspection.cells.found import Box
from leuko.labels import ClassSet, InputKind


@dataclass(frozen=True)
class Sample:
    """One picture of a data set.

    Attributes:
        image_id: name that is unique in the data set and stable across machines.
        path: where the picture lies here.
        label: class name.
        group: what it belongs together with; a ``grouped`` split never divides a group.
        sha256: of the file's bytes.
        box: the cell that is meant, where the picture holds others as well; None for the one in
            the middle, or where the whole picture is meant.
        laboratory: who made the picture, where a data set joins several; empty otherwise.
    """

    image_id: str
    path: Path
    label: str
    group: str
    sha256: str
    box: Box | None = None
    laboratory: str = ""

    @property
    def content(self) -> str:
        """What is shown, by name: the same for copies, another for each cell of one picture."""
        return self.sha256 if self.box is None else f"{self.sha256}, {tuple(self.box)}"


@dataclass(frozen=True)
class Dataset:
    """A data set as found on disk.

    Attributes:
        id: name of the adapter.
        title: name for people.
        kind: field, crop or segmented.
        classes: the classes and which of them are malignant.
        samples: pictures sorted by ``image_id``.
        group_meaning: what one group is, in words.
        sequential: whether groups that follow each other by name were taken one after the other,
            so that a split must leave a gap of one group between its sides.
        licence: terms of use.
        source: citation or identifier.
        notes: limits that every reader of a figure must know.
        official_sides: for a set that is published divided, the side of each group; ``grouped``
            then follows it and asks for no fractions. Empty otherwise.
        label_sets: for a set whose labels know less than its classes, such as "not a blast cell",
            what each label means: the classes of which the picture shows one. Empty where every
            label is a class.

    Raises:
        DatasetError: when two files stand for one picture.
    """

    id: str
    title: str
    kind: InputKind
    classes: ClassSet
    samples: tuple[Sample, ...]
    group_meaning: str
    sequential: bool
    licence: str
    source: str
    notes: tuple[str, ...] = ()
    official_sides: Mapping[str, str] = field(default_factory=dict)
    label_sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        counts = Counter(sample.image_id for sample in self.samples)
        for name, count in counts.items():
            if count > 1:
                raise DatasetError(
                    f"{self.title} holds {count} files for the picture '{name}', such as one in "
                    "each of two formats: keep one file a picture."
                )

    @property
    def copies(self) -> int:
        """Byte-identical copies beyond the first of each picture."""
        return len(self.samples) - len({sample.content for sample in self.samples})


def hash_file(path: Path) -> str:
    """Hexadecimal sha256 of a file.

    One that cannot be opened, such as a link to what is not there, gets that of its whole path: it
    is a copy of no other, and :mod:`leuko.data.unreadable` names it.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return hashlib.sha256(b"cannot be opened: " + os.fsencode(path.absolute())).hexdigest()


def locate(data: Path, candidates: Sequence[str], marker: str, advice: str) -> Path:
    """Find a data set below the path that the user gave.

    Args:
        data: the set's own folder, or a folder that holds it.
        candidates: relative folders to look into, nearest first.
        marker: relative path that is there when the folder is the right one.
        advice: where to get the set, one sentence.

    Raises:
        DatasetError: naming what was looked for and what was found.
    """
    if not data.is_dir():
        raise DatasetError(f"No folder '{data}': give the folder of the data set. {advice}")
    for candidate in candidates:
        folder = data / candidate
        if (folder / marker).exists():
            return folder
    raise DatasetError(f"'{data}' does not hold '{marker}'; found: {found_in(data)}. {advice}")


def without_litter(paths: Iterable[Path], root: Path) -> list[Path]:
    """Sorted paths below a folder, but for what systems and programs leave behind."""
    return sorted(path for path in paths if not is_litter(path.relative_to(root).parts))


def found_in(folder: Path) -> str:
    """The first names in a folder, for a sentence; ``nothing`` for an empty one."""
    names = sorted(entry.name for entry in folder.iterdir() if not is_litter(entry.name))
    return ", ".join(names[:8]) or "nothing"


def join_groups(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name the connected sets of groups that belong together.

    Args:
        pairs: two names that are one and the same, in any order.

    Returns:
        Each name that occurs, mapped to the name of its set: the members joined with ``+``.
    """
    members: dict[str, set[str]] = {}
    for first, second in pairs:
        merged = members.get(first, {first}) | members.get(second, {second})
        for name in merged:
            members[name] = merged
    return {name: "+".join(sorted(group)) for name, group in members.items()}


def copies_by_hash(samples: Iterable[Sample]) -> dict[str, list[Sample]]:
    """Samples by content, only where at least two show the same bytes.

    Two cells of one picture are no copies of each other; one cell of two copies of a picture is.
    """
    by_hash: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_hash[sample.content].append(sample)
    return {key: found for key, found in by_hash.items() if len(found) > 1}


def join_copies(
    samples: Sequence[Sample], known: Iterable[tuple[str, str]] = ()
) -> tuple[Sample, ...]:
    """The same samples, with the groups of pictures that belong together joined into one.

    Args:
        samples: of one data set.
        known: pairs of groups that belong together beside those of byte-identical pictures.
    """
    present = {sample.group for sample in samples}
    identical = (
        (first.group, other.group)
        for same in copies_by_hash(samples).values()
        for first, other in pairwise(same)
        if first.group != other.group
    )
    joined = join_groups([*identical, *(pair for pair in known if present.issuperset(pair))])
    return tuple(replace(s, group=joined.get(s.group, s.group)) for s in samples)
