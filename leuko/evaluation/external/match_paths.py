"""Which of a user's pictures a file name in a table of labels means."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from leuko.imaging.filenames import name_key, one_spelling

Parts = tuple[str, ...]


class Reach(Enum):
    """How far from a table its pictures may lie."""

    FOLDER = "in or below its folder"
    ARCHIVE = "in its archive"
    ANYWHERE = "anywhere"


@dataclass(frozen=True)
class GivenFile:
    """A picture as the user gave it.

    Attributes:
        number: identity in the session.
        path: inside its archive, or the file name; folders parted by "/".
        sha256: of its bytes.
        archive: number of the archive it came in; 0 outside one.
    """

    number: int
    path: str
    sha256: str
    archive: int = 0


@dataclass(frozen=True)
class _Place:
    """A picture under the key of its path."""

    parts: Parts
    file: GivenFile


def path_parts(path: str) -> list[str]:
    """Folders and name of a path, parted by either slash."""
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]


class FileMatcher:
    """Finds the pictures that a file name of a table may mean."""

    def __init__(self, files: Iterable[GivenFile]) -> None:
        self._by_name: dict[str, list[_Place]] = defaultdict(list)
        self._by_stem: dict[str, list[_Place]] = defaultdict(list)
        for file in files:
            parts = _key(path_parts(file.path))
            if parts:
                self._by_name[parts[-1]].append(_Place(parts, file))
                self._by_stem[parts[-1].rpartition(".")[0]].append(_Place(parts, file))

    def match(
        self, written: str, folder: str = "", archive: int = 0, reach: Reach = Reach.ANYWHERE
    ) -> list[int]:
        """Numbers of the pictures that fit a name in a table.

        The nearest ones alone: at that path from the table's own folder; else below that folder;
        else in the same archive; else anywhere. Exact fits go before those that differ in case.

        Args:
            written: the name, with or without folders and ending.
            folder: in which the table lies.
            archive: in which the table lies.
            reach: how far away a picture may lie.
        """
        exact = _resolved(path_parts(folder), path_parts(written))
        own, named = _key(path_parts(folder)), _key(_resolved([], path_parts(written)))
        if not named:
            return []
        fits = self._nearest(named, own, _key(exact), archive, reach)
        spelt = [one_spelling(part) for part in exact]
        same = [
            file for file in fits if [one_spelling(part) for part in path_parts(file.path)] == spelt
        ]
        return [file.number for file in (same or fits)]

    def _nearest(
        self, named: Parts, own: Parts, exact: Parts, archive: int, reach: Reach
    ) -> list[GivenFile]:
        for found in (self._by_name, self._by_stem):
            places = [p for p in found.get(named[-1], []) if _ends_alike(p.parts[:-1], named)]
            here = [p for p in found.get(named[-1], []) if p.file.archive == archive]
            inside = [p for p in places if p.file.archive == archive]
            nearest = [p for p in here if p.parts[:-1] == exact[:-1]]
            below = [p for p in inside if p.parts[: len(own)] == own]
            further = {Reach.FOLDER: [], Reach.ARCHIVE: [inside], Reach.ANYWHERE: [inside, places]}
            for fitting in (nearest, below, *further[reach]):
                if fitting:
                    return [p.file for p in fitting]
        return []


def _key(parts: Iterable[str]) -> Parts:
    return tuple(name_key(part) for part in parts)


def _resolved(folder: list[str], written: list[str]) -> list[str]:
    """A path from a folder on, with every ".." taken."""
    parts = list(folder)
    for part in written:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
    return parts


def _ends_alike(folders: Parts, written: Parts) -> bool:
    """Whether the folders of a picture and those of a table's file name agree from the end."""
    named = written[:-1]
    shared = min(len(folders), len(named))
    return folders[len(folders) - shared :] == named[len(named) - shared :]
