"""A laboratory's own pictures and tables of labels, taken in as they are uploaded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from leuko.errors import ImageError, LabelsError
from leuko.evaluation.external.label_files import Assignment, LabelledFile, assign_labels
from leuko.evaluation.external.label_table import LabelTable, is_label_table, read_label_table
from leuko.evaluation.external.label_vocabulary import Meaning, read_word, word_key
from leuko.evaluation.external.match_paths import GivenFile
from leuko.imaging.decoding.decode import decode_image
from leuko.imaging.decoding.file_types import HEAD_BYTES, READABLE_KINDS, file_kind
from leuko.imaging.intake.spreadsheets import spreadsheet_kind
from leuko.imaging.intake.uploads import Upload, expand_uploads
from leuko.imaging.intake.zip_archive import is_archive
from leuko.labels import ClassSet
from leuko.settings import BYTES_IN_MEGABYTE, Limits
from leuko.workbench.uploads import Tray, TrayItem, over_quota


@dataclass(frozen=True)
class Word:
    """A label that occurs among the user's pictures.

    Attributes:
        key: what its spellings have in common.
        shown: as first written.
        images: pictures that bear it.
        read_as: what it means without asking, or None where that would be a guess.
        chosen: what the user said it means; None where she said nothing.
        left_out: whether the user leaves these pictures out.
    """

    key: str
    shown: str
    images: int
    read_as: Meaning | None
    chosen: Meaning | None
    left_out: bool

    @property
    def meaning(self) -> Meaning | None:
        """What counts: the user's word before the product's; None where pictures are left out."""
        return None if self.left_out else self.chosen or self.read_as


@dataclass
class LabelledUpload:
    """Uploaded pictures, their labels, and what the user said the labels mean.

    Attributes:
        tray: pictures and unreadable files.
        paths: of the readable ones by number, inside their archive.
        archives: number of the archive that each came in; 0 outside one.
        tables: the user's tables of labels.
        problems: sentences on tables that cannot be used and files beyond the bounds.
        archives_taken: how many archives were opened so far.
        choices: what the user said a word means, by its key; None to leave its pictures out.
    """

    tray: Tray = field(default_factory=Tray)
    paths: dict[int, str] = field(default_factory=dict)
    archives: dict[int, int] = field(default_factory=dict)
    archives_taken: int = 0
    tables: list[LabelTable] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    choices: dict[str, Meaning | None] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was uploaded."""
        return not (self.tray.items or self.tables or self.problems)

    def take(self, uploads: Iterable[Upload], limits: Limits) -> None:
        """Add files, archives unpacked and tables read; what cannot be read has its sentence.

        Args:
            uploads: files in the user's order.
            limits: bounds; all files of a session together may have ``max_archive_bytes``.
        """
        seen = {item.sha256 for item in self.tray.items}
        for upload in uploads:
            packed = is_archive(upload.data) and spreadsheet_kind(upload.data) is None
            self.archives_taken += packed
            archive = self.archives_taken if packed else 0
            inside = f"{upload.name}/" if packed else ""
            for entry in expand_uploads([upload], limits, tables=True):
                if isinstance(entry, ImageError):
                    self._refuse(entry.file_name, entry.reason)
                    continue
                path = entry.name.removeprefix(inside)
                if is_label_table(entry.name, entry.data):
                    self._take_table(entry, path, archive)
                elif self.tray.held_bytes() + len(entry.data) > limits.max_session_bytes:
                    self._refuse(entry.name, over_quota(limits))
                elif self.tray.held_bytes() + len(entry.data) > limits.max_archive_bytes:
                    self._refuse(entry.name, _too_much(limits))
                else:
                    self._take_picture(entry, path, archive, seen, limits)

    def _refuse(self, name: str, reason: str) -> None:
        self.tray.refuse(name, reason)

    def _take_table(self, entry: Upload, path: str, archive: int) -> None:
        folder = path.replace("\\", "/").rpartition("/")[0]
        try:
            self.tables.append(read_label_table(entry.name, entry.data, folder, archive))
        except LabelsError as problem:
            self.problems.append(str(problem))

    def _take_picture(
        self, entry: Upload, path: str, archive: int, seen: set[str], limits: Limits
    ) -> None:
        if file_kind(entry.data[:HEAD_BYTES]) not in READABLE_KINDS:
            try:
                decode_image(entry.data, entry.name, limits)
            except ImageError as error:
                self._refuse(path, error.reason)
                return
        item = self.tray.keep(path, entry.data)
        if item.error is not None:
            return
        if item.sha256 in seen:
            item.drop_bytes()  # a copy is counted, not run
        seen.add(item.sha256)
        self.paths[item.number], self.archives[item.number] = path, archive

    def assignment(self) -> Assignment:
        """Pictures with their labels."""
        items = [self.tray.items[number] for number in self.paths]
        files = [
            GivenFile(item.number, self.paths[item.number], item.sha256, self.archives[item.number])
            for item in items
        ]
        return assign_labels(files, self.tables)

    def words(self, labelled: Sequence[LabelledFile], sets: Sequence[ClassSet]) -> list[Word]:
        """Every label that occurs, in the order of first appearance."""
        counts: dict[str, int] = {}
        shown: dict[str, str] = {}
        for each in labelled:
            key = word_key(each.word)
            counts[key] = counts.get(key, 0) + 1
            shown.setdefault(key, each.word)
        return [
            Word(
                key,
                shown[key],
                count,
                read_word(shown[key], sets),
                self.choices.get(key),
                key in self.choices and self.choices[key] is None,
            )
            for key, count in counts.items()
        ]

    def item_of(self, labelled: LabelledFile) -> TrayItem:
        """The item with the bytes of a labelled picture: itself, or the first of its copies."""
        item = self.tray.items[labelled.number]
        if item.stored.length or item.error:
            return item
        same = (other for other in self.tray.items if other.sha256 == item.sha256)
        return next(other for other in same if other.stored.length or other.error)


def _too_much(limits: Limits) -> str:
    return (
        f"Together the files have more than {limits.max_archive_bytes / BYTES_IN_MEGABYTE:.4g} "
        "megabytes. Forget these images and check them in several parts."
    )
