"""The small network that maps nuclei, cells and their centres, run by OpenCV without torch.

It is trained by ``python -m leuko train-finder``; its file holds weights and operators alone
(ONNX), nothing of it is executed, and its hash is checked before it is read.
"""

import hashlib
import threading
from importlib.resources import files
from typing import Annotated, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from leuko.arrays import Pixels
from leuko.errors import LeukoError

NETWORK_FILE: Final = "finder.onnx"
RECORD_FILE: Final = "finder.json"
"""Written beside it: its hash, and what it was trained on."""
STRIDE: Final = 8
"""Sides of what the network reads are multiples of this."""
DENSITY_STEP: Final = 0.01
NUCLEUS_MAP, CELL_MAP, CENTRE_MAP = 0, 1, 2

Maps = NDArray[np.float32]
"""(3, h, w): probability of nucleus, of cell, and how near the centre of a cell is, in [0, 1]."""

_lock = threading.Lock()
_loaded: dict[bytes, cv2.dnn.Net] = {}


class DamagedFinderError(LeukoError):
    """The file of the finder's network is not the one that was installed."""


class FinderRecord(BaseModel):
    """What is known about the network's file.

    Attributes:
        sha256: of the file.
        pictures: how many it was trained on, by laboratory.
        steps, batch, seed: of the training.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    pictures: dict[str, int]
    steps: int
    batch: int
    seed: int


def read_maps(densities: Pixels, content: bytes | None = None) -> Maps:
    """Run the network.

    Args:
        densities: uint8 (h, w, 3), hundredths, by ``measure_densities``.
        content: of a network's file, to measure another one than the installed; None for that.

    Raises:
        DamagedFinderError: when the installed file is missing or damaged.
    """
    height, width = densities.shape[:2]
    padded = cv2.copyMakeBorder(
        densities, 0, -height % STRIDE, 0, -width % STRIDE, cv2.BORDER_CONSTANT, value=(0, 0, 0)
    )
    blob = cv2.dnn.blobFromImage(padded, DENSITY_STEP)
    with _lock:  # a network of OpenCV keeps its input and must not be shared while it runs
        network = _network(content)
        network.setInput(blob)
        maps = network.forward()
    return np.asarray(maps[0, :, :height, :width], np.float32)


def _network(content: bytes | None) -> cv2.dnn.Net:
    key = content or b""
    if key not in _loaded:
        read = np.frombuffer(content or read_installed(), np.uint8)
        _loaded.clear()
        _loaded[key] = cv2.dnn.readNetFromONNX(read)
    return _loaded[key]


def read_record() -> FinderRecord:
    """What is known about the installed network.

    Raises:
        DamagedFinderError: when its record is missing or damaged.
    """
    try:
        return FinderRecord.model_validate_json(
            files(__package__).joinpath(RECORD_FILE).read_bytes()
        )
    except (OSError, ValidationError) as problem:
        raise DamagedFinderError(
            f"The file '{RECORD_FILE}' of the cell finder is missing or damaged: "
            "install Leuko again."
        ) from problem


def read_installed() -> bytes:
    """The installed network's file, checked.

    Raises:
        DamagedFinderError: when it is missing or its hash is another.
    """
    try:
        content = files(__package__).joinpath(NETWORK_FILE).read_bytes()
    except OSError as problem:
        raise DamagedFinderError(
            f"The file '{NETWORK_FILE}' of the cell finder is missing: install Leuko again."
        ) from problem
    return checked(content, read_record().sha256)


def checked(content: bytes, sha256: str) -> bytes:
    """The same bytes, when their hash is this one.

    Raises:
        DamagedFinderError: when it is not.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DamagedFinderError(
            f"The file '{NETWORK_FILE}' of the cell finder should have the sha256 {sha256[:12]}…, "
            f"found {found[:12]}…: install Leuko again."
        )
    return content
