"""What an administrator may set: limits, folders and switches, read in one place.

From the strongest to the weakest: environment variables ``LEUKO_…``, the file
``.streamlit/leuko.toml`` beside ``app.py``, the shipped defaults. The file is found from where
the package lies or was installed from, never from the folder that one happens to stand in.
"""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from leuko.errors import LeukoError
from leuko.text_files import EncodingError, decode_text

BYTES_IN_MEGABYTE = 1024 * 1024
PIXELS_IN_MEGAPIXEL = 1_000_000
FORM_BYTES = 64 * 1024
"""Most that the form around a file adds to it while it is sent: its name and the boundaries."""
SETTINGS_FILE = Path(".streamlit") / "leuko.toml"
ENTRY = "app.py"
PREFIX = "LEUKO_"
DATA_VARIABLE = f"{PREFIX}DATA"
WEIGHTS, RECIPES = "weights", "recipes"


def _no_truth_value(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")
    return value


Count = Annotated[int, BeforeValidator(_no_truth_value), Field(gt=0)]


@dataclass(frozen=True)
class Limits:
    """Upper and lower bounds of what is read; the defaults are those of the shipped file.

    Attributes:
        max_file_bytes: largest file or archive as uploaded, and largest file in an archive.
        max_image_pixels: largest picture, width times height.
        max_archive_files: most files in one archive, folders and system files not counted.
        max_archive_bytes: most bytes that one archive may unpack to.
        min_side_px: shortest side of a picture, pixels.
        max_decoding_bytes: most memory for decoding and looking at pictures, in all sessions.
        max_session_bytes: most bytes of pictures that one session may keep.
        max_uploading_bytes: most bytes of files on their way to pages, in all sessions.
    """

    max_file_bytes: int = 200 * BYTES_IN_MEGABYTE
    max_image_pixels: int = 100 * PIXELS_IN_MEGAPIXEL
    max_archive_files: int = 2000
    max_archive_bytes: int = 1000 * BYTES_IN_MEGABYTE
    min_side_px: int = 16
    max_decoding_bytes: int = 1600 * BYTES_IN_MEGABYTE
    max_session_bytes: int = 1000 * BYTES_IN_MEGABYTE
    max_uploading_bytes: int = 1000 * BYTES_IN_MEGABYTE

    @property
    def max_session_uploading_bytes(self) -> int:
        """Most bytes of files on their way from one session; it leaves the others a part."""
        share = self.max_uploading_bytes * 2 // 3
        return min(self.max_session_bytes, max(share, self.max_file_bytes + FORM_BYTES))

    @property
    def largest_upload_bytes(self) -> int:
        """Largest file that can be sent at all."""
        room = min(self.max_session_uploading_bytes, self.max_uploading_bytes)
        return min(self.max_file_bytes, max(room - FORM_BYTES, 0))


class Settings(BaseSettings):
    """All settings: each is a key of ``leuko.toml`` and, in capitals, a variable ``LEUKO_…``.

    Attributes:
        weights: folder of the installed models; None for ``weights/`` of the checkout.
        data: folder that holds the public data sets as published; None where there is none.
        cache: folder for figures that are kept; None for the user's own cache folder.
        recipes: folder of the training recipes; None for ``recipes/`` of the checkout.
        max_upload_megabytes: largest file or archive as uploaded.
        max_image_megapixels: largest picture.
        max_archive_files: most files in one archive.
        max_archive_megabytes: most megabytes that one archive may unpack to.
        forget_after_seconds: after which a session is deleted whose browser has gone; at most
            the ``disconnectedSessionTTL`` of Streamlit's own configuration.
        max_decoding_megabytes: most memory for decoding and looking at pictures, in all sessions;
            a picture that takes more is refused, others wait their turn.
        max_session_megabytes: most megabytes of pictures that one session may keep.
        max_uploading_megabytes: most megabytes of files that are on their way to pages, in all
            sessions; they are held in memory until a page has read them.
        cuda_graph: whether a graphics card plays a recorded graph of the network back; off until
            ``benchmarks/gpu.py`` has shown on the card in use that it is equal and faster.
        count_keys: on the Count page, the letter that gives a cell a class, by the class's name;
            those not named keep theirs.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True
    )

    weights: Path | None = None
    data: Path | None = None
    cache: Path | None = None
    recipes: Path | None = None
    max_upload_megabytes: Count = 200
    max_image_megapixels: Count = 100
    max_archive_files: Count = 2000
    max_archive_megabytes: Count = 1000
    forget_after_seconds: Count = 120
    max_decoding_megabytes: Count = 1600
    max_session_megabytes: Count = 1000
    max_uploading_megabytes: Count = 1000
    cuda_graph: bool = False
    count_keys: dict[str, str] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        del dotenv_settings, file_secret_settings
        file = settings_file()
        if file is None:
            return (init_settings, env_settings)
        written = tomllib.loads(decode_text(file.read_bytes()))
        return (init_settings, env_settings, InitSettingsSource(settings_cls, written))

    @property
    def limits(self) -> Limits:
        """The limits in bytes and pixels."""
        return Limits(
            max_file_bytes=self.max_upload_megabytes * BYTES_IN_MEGABYTE,
            max_image_pixels=self.max_image_megapixels * PIXELS_IN_MEGAPIXEL,
            max_archive_files=self.max_archive_files,
            max_archive_bytes=self.max_archive_megabytes * BYTES_IN_MEGABYTE,
            max_decoding_bytes=self.max_decoding_megabytes * BYTES_IN_MEGABYTE,
            max_session_bytes=self.max_session_megabytes * BYTES_IN_MEGABYTE,
            max_uploading_bytes=self.max_uploading_megabytes * BYTES_IN_MEGABYTE,
        )


def load_settings() -> Settings:
    """The settings in force now.

    Raises:
        LeukoError: when the file cannot be read, is not TOML, has an unknown key, or a value is
            not of its kind; the sentence names the key.
    """
    file = settings_file()
    try:
        return Settings()
    except ValidationError as problem:
        raise LeukoError(_sentence(problem, file)) from problem
    except OSError as problem:
        reason = problem.strerror or "it cannot be opened"
        raise LeukoError(
            f"The settings cannot be read from {file} ({reason}). Make the file readable."
        ) from problem
    except EncodingError as problem:
        raise LeukoError(f"The settings cannot be read from {file}: {problem}.") from problem
    except ValueError as problem:  # TOMLDecodeError
        raise LeukoError(f"{file} is not valid TOML: {problem}. Correct that line.") from problem


def load_limits() -> Limits:
    """The limits in force now; errors as :func:`load_settings`."""
    return load_settings().limits


def default_weights_folder() -> Path:
    """Where models are installed: the setting, else ``weights/`` of the checkout or beside us."""
    return load_settings().weights or _beside_entry(WEIGHTS)


def default_recipes_folder() -> Path:
    """Where training recipes lie: the setting, else ``recipes/`` of the checkout or beside us."""
    return load_settings().recipes or _beside_entry(RECIPES)


def settings_file() -> Path | None:
    """``leuko.toml`` of the checkout; None where there is no checkout or no such file."""
    root = checkout()
    file = root / SETTINGS_FILE if root is not None else None
    return file if file is not None and file.is_file() else None


@cache
def checkout() -> Path | None:
    """The folder of ``app.py``: above the package, or whence pip installed it; None without one."""
    above = Path(__file__).resolve().parents[1]
    for folder in (above, _installed_from()):
        if folder is not None and (folder / ENTRY).is_file():
            return folder
    return None


def _installed_from() -> Path | None:
    """The folder that ``pip install`` was given, which pip writes down (PEP 610)."""
    try:
        written = metadata.distribution(__package__).read_text("direct_url.json")
        address = urlsplit(json.loads(written)["url"]) if written else None
    except (metadata.PackageNotFoundError, ValueError, KeyError):
        return None
    if address is None or address.scheme != "file":
        return None
    return Path(url2pathname(address.path))


def _beside_entry(name: str) -> Path:
    root = checkout()
    return (root if root is not None else Path(__file__).resolve().parents[1]) / name


def _sentence(problem: ValidationError, file: Path | None) -> str:
    first = problem.errors()[0]
    key = str(first["loc"][0])
    place = f"in {file}" if file is not None else f"in the file {SETTINGS_FILE.name}"
    if first["type"] == "extra_forbidden":
        known = ", ".join(Settings.model_fields)
        return f"Unknown key {key} {place}; known keys are {known}. Correct or remove it."
    default = Settings.model_fields[key].default
    expected = "a whole number above zero" if isinstance(default, int) else "the path of a folder"
    if isinstance(default, bool):
        expected = "true or false"
    if isinstance(default, dict):
        return (
            f"{key} {place} or in the variable {PREFIX}{key.upper()} must be a table of letters by "
            f"class, found {first['input']!r}. Write for example [{key}] and below it "
            '"Blast cell" = "B".'
        )
    written = "" if default is None else f" Write for example {key} = {str(default).lower()}."
    return (
        f"{key} {place} or in the variable {PREFIX}{key.upper()} must be {expected}, found "
        f"{first['input']!r}.{written}"
    )
