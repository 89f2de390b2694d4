"""How many damaged JPEGs are refused, of those whose picture visibly changed."""

import io
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image
from leuko.settings import Limits

VISIBLE_LEVELS, VISIBLE_SHARE = 16, 0.002
"""A picture is another one when so many of its pixels differ by more than so many of 255 levels."""
HEADER_BYTES = 20


def _zeros(length: int) -> Callable[[bytearray, int, random.Random], None]:
    def damage(data: bytearray, place: int, _: random.Random) -> None:
        data[place : place + length] = bytes(length)

    return damage


def _noise(data: bytearray, place: int, chance: random.Random) -> None:
    data[place : place + 64] = chance.randbytes(64).replace(b"\xff", b"\xfe")


def _one_bit(data: bytearray, place: int, chance: random.Random) -> None:
    data[place] ^= 1 << chance.randrange(8)


def _lost(data: bytearray, place: int, _: random.Random) -> None:
    del data[place : place + 300]


DAMAGES = {
    "512 bytes zero": _zeros(512),
    "64 bytes zero": _zeros(64),
    "64 bytes of noise": _noise,
    "300 bytes lost": _lost,
    "one bit": _one_bit,
}


@dataclass
class Found:
    """Of one kind of damage.

    Attributes:
        visible: files whose picture is visibly another one when damage is ignored.
        refused: of those, how many are refused.
    """

    visible: int = 0
    refused: int = 0


def undamaged_refused(files: Iterable[bytes]) -> int:
    """How many sound files are refused."""
    return sum(_refused(data) for data in files)


def damaged(files: Iterable[bytes], seed: int = 0) -> dict[str, Found]:
    """Damage each JPEG once in every way, at a random place of its picture data."""
    chance, found = random.Random(seed), {name: Found() for name in DAMAGES}  # noqa: S311
    for data in files:
        whole = _pixels(data)
        start = data.find(b"\xff\xda") + HEADER_BYTES
        if whole is None or start >= len(data) - 516:
            continue
        for name, damage in DAMAGES.items():
            harmed = bytearray(data)
            damage(harmed, chance.randrange(start, len(data) - 514), chance)
            pixels = _pixels(bytes(harmed))
            if pixels is None or not _visible(pixels, whole):
                continue
            found[name].visible += 1
            found[name].refused += _refused(bytes(harmed))
    return found


def _refused(data: bytes) -> bool:
    try:
        decode_image(data, "cell.jpg", Limits())
    except ImageError:
        return True
    return False


def _pixels(data: bytes) -> NDArray[np.int16] | None:
    """As Pillow alone reads them; None for what it refuses by itself."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return np.asarray(image.convert("RGB"), np.int16)
    except (OSError, SyntaxError):
        return None


def _visible(pixels: NDArray[np.int16], whole: NDArray[np.int16]) -> bool:
    if pixels.shape != whole.shape:
        return True
    differs = np.abs(pixels - whole).max(axis=2) > VISIBLE_LEVELS
    return bool(differs.mean() > VISIBLE_SHARE)
