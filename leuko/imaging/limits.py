"""How large a file, a picture or an archive may be; the same on every path.

The application, the command line and training read the numbers from one place, the
``config.toml`` that Streamlit reads too. A limit that is given to Streamlit alone, as a
command-line option or environment variable, is not seen here.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leuko.errors import LeukoError

BYTES_IN_MEGABYTE = 1024 * 1024
PIXELS_IN_MEGAPIXEL = 1_000_000
CONFIG_NAME = Path(".streamlit") / "config.toml"

DEFAULT_UPLOAD_MEGABYTES = 200
DEFAULT_IMAGE_MEGAPIXELS = 100
DEFAULT_ARCHIVE_FILES = 2000
DEFAULT_ARCHIVE_MEGABYTES = 1000

LEUKO_KEYS = ("maxImageMegapixels", "maxArchiveFiles", "maxArchiveMegabytes")


@dataclass(frozen=True)
class Limits:
    """Upper and lower bounds of what is read; the defaults are those of the shipped file.

    Attributes:
        max_file_bytes: largest file or archive as uploaded, and largest file in an archive.
        max_image_pixels: largest picture, width times height.
        max_archive_files: most files in one archive, folders and system files not counted.
        max_archive_bytes: most bytes that one archive may unpack to.
        min_side_px: shortest side of a picture, pixels.
    """

    max_file_bytes: int = DEFAULT_UPLOAD_MEGABYTES * BYTES_IN_MEGABYTE
    max_image_pixels: int = DEFAULT_IMAGE_MEGAPIXELS * PIXELS_IN_MEGAPIXEL
    max_archive_files: int = DEFAULT_ARCHIVE_FILES
    max_archive_bytes: int = DEFAULT_ARCHIVE_MEGABYTES * BYTES_IN_MEGABYTE
    min_side_px: int = 16


def load_limits(config_path: Path | None = None) -> Limits:
    """Read the limits from Streamlit's configuration file.

    Args:
        config_path: the file; without one, ``.streamlit/config.toml`` of the current folder, else
            of the folder above the package, else the shipped defaults.

    Returns:
        Limits; a key that the file leaves out has its shipped value.

    Raises:
        LeukoError: when the file cannot be read, is not TOML, has an unknown key in ``[leuko]`` or
            a value that is not a whole number above zero.
    """
    path = _find_config() if config_path is None else config_path
    if path is None:
        return Limits()
    settings = _read_toml(path)
    server, leuko = _table(settings, "server", path), _table(settings, "leuko", path)
    unknown = sorted(set(leuko) - set(LEUKO_KEYS))
    if unknown:
        raise LeukoError(
            f"{path}: unknown key {', '.join(unknown)} in [leuko]; known keys are "
            f"{', '.join(LEUKO_KEYS)}. Correct or remove it."
        )
    upload = _count(server, "server", "maxUploadSize", DEFAULT_UPLOAD_MEGABYTES, path)
    pixels = _count(leuko, "leuko", "maxImageMegapixels", DEFAULT_IMAGE_MEGAPIXELS, path)
    files = _count(leuko, "leuko", "maxArchiveFiles", DEFAULT_ARCHIVE_FILES, path)
    unpacked = _count(leuko, "leuko", "maxArchiveMegabytes", DEFAULT_ARCHIVE_MEGABYTES, path)
    return Limits(
        max_file_bytes=upload * BYTES_IN_MEGABYTE,
        max_image_pixels=pixels * PIXELS_IN_MEGAPIXEL,
        max_archive_files=files,
        max_archive_bytes=unpacked * BYTES_IN_MEGABYTE,
    )


def _find_config() -> Path | None:
    above_package = Path(__file__).resolve().parents[2]
    for folder in (Path.cwd(), above_package):
        if (folder / CONFIG_NAME).is_file():
            return folder / CONFIG_NAME
    return None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise LeukoError(
            f"The limits cannot be read from {path} ({reason}). Name an existing, readable file."
        ) from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError
        raise LeukoError(f"{path} is not valid TOML: {error}. Correct that line.") from error


def _table(settings: dict[str, Any], name: str, path: Path) -> dict[str, Any]:
    table = settings.get(name, {})
    if not isinstance(table, dict):
        raise LeukoError(f"{path}: expected a section [{name}], found {table!r}. Write [{name}].")
    return table


def _count(table: dict[str, Any], section: str, key: str, default: int, path: Path) -> int:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise LeukoError(
            f"{path}: {key} in [{section}] must be a whole number above zero, found {value!r}. "
            f"Write for example {key} = {default}."
        )
    return value
