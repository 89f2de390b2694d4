"""Summaries kept on disk, so that intervals are computed once for each content of a table.

The folder holds figures only, never a picture or an image's name. It may be deleted at any time;
where it cannot be written or read, figures are computed anew.
"""

import hashlib
import json
import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from platformdirs import user_cache_path

from leuko.evaluation.summary import Summary
from leuko.labels import ClassSet
from leuko.settings import load_settings
from leuko.statistics.intervals import RESAMPLES

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMULAS_VERSION = 2
"""Raise it whenever a summary of the same table would come out different or have other fields."""

KEPT_FILES = 512
LARGEST_BYTES = 1_000_000
FOLDER = "summaries"
Figures = TypeVar("Figures")

_ADAPTERS: dict[type, "TypeAdapter[Any]"] = {}  # making one takes longer than reading figures
logger = logging.getLogger(__name__)


def cache_folder() -> Path | None:
    """Where summaries are kept: ``LEUKO_CACHE``, else the user's cache folder; None without one."""
    named = load_settings().cache
    if named is not None:
        return named / FOLDER
    try:
        Path.home()
    except RuntimeError:
        return None
    return user_cache_path("leuko", appauthor=False, opinion=False) / FOLDER


def summary_key(
    predictions_sha256: str,
    classes: ClassSet,
    threshold: float,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> str:
    """Name of a summary: the same for the same table, classes, threshold and formulas.

    Args:
        predictions_sha256: hash of the table of predictions.
        classes: the classes and which of them are malignant.
        threshold: decision threshold.
        seed: of the bootstrap.
        resamples: of the bootstrap.
    """
    parts = [
        FORMULAS_VERSION,
        predictions_sha256,
        list(classes.names),
        sorted(classes.malignant),
        threshold,
        seed,
        resamples,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def kept_summary(key: str) -> Summary | None:
    """The summary of that key; None when it is not there or not in order."""
    return kept_figures(key, Summary)


def kept_figures(key: str, kind: type[Figures]) -> Figures | None:
    """The figures of that key; None when they are not there or not in order.

    Args:
        key: a hash over all that they depend on, in hex.
        kind: the dataclass that they are.
    """
    folder = cache_folder()
    if folder is None:
        return None
    try:
        with (folder / f"{key}.json").open("rb") as stream:
            text = stream.read(LARGEST_BYTES)
        checksum, _, body = text.partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != checksum:
            return None
        found: Figures = _adapter(kind).validate_json(body)
    except (OSError, ValueError):  # pydantic's error is a ValueError
        return None
    return found


def keep_summary(key: str, summary: Summary) -> None:
    """Write a summary for later; does nothing where the folder cannot be written."""
    keep_figures(key, summary)


def keep_figures(key: str, figures: object) -> None:
    """Write figures for later; does nothing where the folder cannot be written.

    Args:
        key: as in :func:`kept_figures`.
        figures: a dataclass.
    """
    folder = cache_folder()
    if folder is None:
        return
    body = _adapter(type(figures)).dump_json(figures)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            Path(temporary).replace(folder / f"{key}.json")
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        _remove_oldest(folder)
    except OSError as problem:
        logger.info("A summary was not kept in %s: %s", folder, problem)


def _remove_oldest(folder: Path) -> None:
    files = [path for path in folder.iterdir() if path.suffix in {".json", ".tmp"}]
    if len(files) <= KEPT_FILES:
        return
    for path in sorted(files, key=_written)[: len(files) - KEPT_FILES]:
        path.unlink(missing_ok=True)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process has just removed it
        return 0.0


def _adapter(kind: type) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
