"""From whatever a user drops to pictures: single files and archives, good ones and bad ones."""

from collections.abc import Iterable, Iterator

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image
from leuko.imaging.decoding.file_types import HEAD_BYTES, PICTURE_KINDS, FileKind, file_kind
from leuko.imaging.filenames import display_name, download_name
from leuko.imaging.intake.litter import (
    APPLE_DOUBLE_ADVICE,
    LITTER_ADVICE,
    is_apple_double,
    is_litter,
)
from leuko.imaging.intake.spreadsheets import spreadsheet_kind
from leuko.imaging.intake.zip_archive import Upload, expand_archive, is_archive
from leuko.imaging.picture import Picture
from leuko.settings import Limits

__all__ = ["Upload", "display_name", "download_name", "expand_uploads", "read_batch"]


def expand_uploads(
    uploads: Iterable[Upload], limits: Limits, *, tables: bool = False
) -> Iterator[Upload | ImageError]:
    """Put the members of ZIP archives in the place of the archives; nothing touches the disk.

    Args:
        uploads: files in the user's order; a ZIP archive is known by its content, not its name.
        limits: bounds of files and archives.
        tables: whether tables of labels are wanted as well as pictures, spreadsheets among them.

    Yields:
        Files to decode, or an error in the place of a member or archive that cannot be unpacked.
        Equal names and equal contents are kept.
    """
    for upload in uploads:
        if is_apple_double(upload.data):
            yield ImageError(display_name(upload.name), APPLE_DOUBLE_ADVICE)
        elif _is_left_behind(upload):
            yield ImageError(display_name(upload.name), LITTER_ADVICE)
        elif is_archive(upload.data) and not (tables and spreadsheet_kind(upload.data)):
            yield from expand_archive(upload, limits, tables=tables)
        else:
            yield upload


def _is_left_behind(upload: Upload) -> bool:
    """Whether a file handed over alone is litter; a hidden picture was meant and is read."""
    name = upload.name.replace("\\", "/").rpartition("/")[2]
    kind = file_kind(upload.data[:HEAD_BYTES])
    return is_litter(name) and kind not in PICTURE_KINDS and kind is not FileKind.ZIP


def read_batch(uploads: Iterable[Upload], limits: Limits) -> Iterator[Picture | ImageError]:
    """Unpack and decode, one picture at a time; a bad file never stops the others.

    Args:
        uploads: files in the user's order, pictures and ZIP archives mixed.
        limits: bounds of files, pictures and archives.

    Yields:
        A picture for each file that can be read and an error for each that cannot, in order.
    """
    for item in expand_uploads(uploads, limits):
        if isinstance(item, ImageError):
            yield item
            continue
        try:
            yield decode_image(item.data, item.name, limits)
        except ImageError as error:
            yield error
