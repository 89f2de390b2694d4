"""Which of a user's pictures a file name in a table of labels means."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class GivenFile:
    """A picture as the user gave it.

    Attributes:
        number: identity in the session.
        path: inside its archive, or the file name; folders parted by "/".
        sha256: of its bytes.
    """

    number: int
    path: str
    sha256: str


def path_parts(path: str) -> list[str]:
    """Folders and name of a path, parted by either slash."""
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]


class FileMatcher:
    """Finds the pictures that a file name of a table may mean."""

    def __init__(self, files: Iterable[GivenFile]) -> None:
        self._by_name: dict[str, list[tuple[tuple[str, ...], GivenFile]]] = defaultdict(list)
        self._by_stem: dict[str, list[tuple[tuple[str, ...], GivenFile]]] = defaultdict(list)
        for file in files:
            parts = tuple(part.casefold() for part in path_parts(file.path))
            if parts:
                self._by_name[parts[-1]].append((parts, file))
                self._by_stem[parts[-1].rpartition(".")[0]].append((parts, file))

    def match(self, written: str) -> list[int]:
        """Numbers of the pictures that fit; exact fits alone where there are any."""
        exact = path_parts(written)
        parts = tuple(part.casefold() for part in exact)
        if not parts:
            return []
        fits = [
            file for own, file in self._by_name.get(parts[-1], []) if _ends_alike(own[:-1], parts)
        ]
        if not fits:
            fits = [
                file
                for own, file in self._by_stem.get(parts[-1], [])
                if _ends_alike(own[:-1], parts)
            ]
        same = [file for file in fits if path_parts(file.path) == exact]
        return [file.number for file in (same or fits)]


def _ends_alike(folders: tuple[str, ...], written: tuple[str, ...]) -> bool:
    """Whether the folders of a picture and those of a table's file name agree from the end."""
    named = written[:-1]
    shared = min(len(folders), len(named))
    return folders[len(folders) - shared :] == named[len(named) - shared :]
