"""The size of a picture file, from its header alone."""

from pathlib import Path

from PIL import Image

from leuko.errors import DatasetError

FORMATS = ("JPEG", "PNG", "BMP", "TIFF")


def read_size(path: Path) -> tuple[int, int]:
    """Width and height, pixels; nothing is decoded.

    Raises:
        DatasetError: when the file cannot be opened or has no header of a picture.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            width_px, height_px = image.size
    except (OSError, Image.DecompressionBombError) as problem:
        raise DatasetError(
            f"'{path}' should be a picture, and its header cannot be read: get the file again, or "
            "take it and its labels out of the data set."
        ) from problem
    return width_px, height_px
