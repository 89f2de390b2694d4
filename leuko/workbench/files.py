"""Pictures read from files on disk, one at a time."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image
from leuko.imaging.intake.uploads import Upload, display_name, expand_uploads
from leuko.imaging.picture import Picture
from leuko.settings import BYTES_IN_MEGABYTE, Limits


def read_files(paths: Iterable[Path], limits: Limits) -> Iterator[Picture | ImageError]:
    """Decode files and the members of ZIP archives, one at a time.

    Args:
        paths: files, in order.
        limits: bounds; a file that is too large is not read into memory.
    """
    for path in paths:
        data = _read_bytes(path, limits)
        if isinstance(data, ImageError):
            yield data
            continue
        for item in expand_uploads([Upload(str(path), data)], limits):
            if isinstance(item, ImageError) and item.file_name == display_name(str(path)):
                item.file_name = str(path)
            yield item if isinstance(item, ImageError) else _decode(item, limits)


def _decode(upload: Upload, limits: Limits) -> Picture | ImageError:
    try:
        return decode_image(upload.data, upload.name, limits)
    except ImageError as error:
        error.file_name = upload.name  # unabridged, so that a script finds it again
        return error


def _read_bytes(path: Path, limits: Limits) -> bytes | ImageError:
    try:
        if path.is_dir():
            return ImageError(str(path), "This is a folder: name the files in it.")
        if path.stat().st_size > limits.max_file_bytes:
            megabytes = limits.max_file_bytes // BYTES_IN_MEGABYTE
            return ImageError(
                str(path), f"The file is larger than {megabytes} MB: raise max_upload_megabytes."
            )
        return path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or "it cannot be opened"
        return ImageError(str(path), f"The file cannot be read ({reason}): check the path.")
