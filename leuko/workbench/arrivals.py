"""Which of the files that a user chose never came to the server, and why."""

import enum
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leuko.settings import BYTES_IN_MEGABYTE, FORM_BYTES, Limits

MOST_FILES = 10_000
"""More in one choice are not told one by one."""
LONGEST_NAME = 1000


class Bound(enum.Enum):
    """Which limit on files that are on their way was reached."""

    SESSION = enum.auto()
    SERVER = enum.auto()


@dataclass(frozen=True)
class Refusal:
    """A file that the server did not take because of what was on its way already.

    Attributes:
        declared_bytes: of the file and the form around it; None where the browser did not say.
        bound: which limit was reached.
        limit_bytes: that limit.
    """

    declared_bytes: int | None
    bound: Bound
    limit_bytes: int

    @property
    def sentence(self) -> str:
        """What happened and what to do."""
        megabytes = f"{self.limit_bytes / BYTES_IN_MEGABYTE:.4g} megabytes"
        if self.bound is Bound.SESSION:
            return (
                f"More than {megabytes} were sent at once, the most that one session may send, so "
                "this file was not taken. Add it again, in a smaller batch."
            )
        return (
            f"More than {megabytes} were being sent by all users together, the most that this "
            "server takes in at once, so this file was not taken. Wait a minute and add it again."
        )

    def may_be_of(self, file: "ChosenFile") -> bool:
        """Whether this was that file, by its size; its name is not known."""
        declared = self.declared_bytes
        return declared is None or 0 <= declared - file.size_bytes <= FORM_BYTES


@dataclass(frozen=True)
class ChosenFile:
    """A file as the browser names it before it is sent.

    Attributes:
        name: as the user sees it.
        size_bytes: as the browser tells it.
    """

    name: str
    size_bytes: int

    @property
    def key(self) -> tuple[str, int]:
        """By which it is known again: browsers and disks spell the same letters differently."""
        return unicodedata.normalize("NFC", self.name), self.size_bytes


def chosen_files(said: object) -> tuple[ChosenFile, ...]:
    """What a browser says of the files that were chosen; whatever is no file is left out.

    Args:
        said: a list of [name, bytes], from a browser and so of any form.
    """
    if not isinstance(said, Sequence) or isinstance(said, str):
        return ()
    return tuple(
        ChosenFile(entry[0][:LONGEST_NAME], entry[1])
        for entry in said[:MOST_FILES]
        if isinstance(entry, Sequence)
        and len(entry) == 2  # noqa: PLR2004  name and size
        and isinstance(entry[0], str)
        and isinstance(entry[1], int)
        and entry[1] >= 0
    )


def not_arrived(
    chosen: Sequence[ChosenFile],
    arrived: Iterable[ChosenFile],
    limits: Limits,
    refusals: Iterable[Refusal] = (),
) -> list[tuple[str, str]]:
    """Chosen files that are not among those that arrived.

    Never more than the difference of the two counts, so that a name which changed on its way is
    not told as lost.

    Args:
        chosen: what the user picked or dropped.
        arrived: what the server holds.
        limits: the largest file.
        refusals: of files that the server did not take.

    Returns:
        Name and reason of each, the reason in one sentence, in the order in which they were chosen.
    """
    here = Counter(file.key for file in arrived)
    lost = max(0, len(chosen) - here.total())
    missing = []
    for file in chosen:
        if here[file.key]:
            here[file.key] -= 1
        else:
            missing.append(file)
    left = list(refusals)
    return [(file.name, _reason(file, limits, left)) for file in missing[:lost]]


def _reason(file: ChosenFile, limits: Limits, refusals: list[Refusal]) -> str:
    """Why a file is missing; a refusal that explains it is taken off the list."""
    if file.size_bytes > limits.largest_upload_bytes:
        return (
            f"The file has {file.size_bytes / BYTES_IN_MEGABYTE:.4g} megabytes; at most "
            f"{limits.largest_upload_bytes / BYTES_IN_MEGABYTE:.4g} are taken. Crop the picture, "
            "export it smaller or split the archive."
        )
    for refusal in refusals:
        if refusal.may_be_of(file):
            refusals.remove(refusal)
            return refusal.sentence
    return (
        "This file did not reach the server: its upload was refused or broke off. Add it again; "
        "if that fails too, the server's disk for temporary files may be full."
    )
