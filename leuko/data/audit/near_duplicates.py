"""Pictures that show the same thing without being the same bytes.

A perceptual hash (pHash of the library ImageHash: the signs of the lowest 16 × 16 cosine
coefficients around their median) is compared bit by bit. Saving again, other brightness and a
shift by one pixel change few of the 256 bits (of 60 pictures from each public set at most 6, 4
and 30); unrelated pictures differ in about half.

Thresholds, measured on the public sets and by eye: on Taleqani the number of pairs hardly moves
between 36 and 66 bits (51 to 60, all of them the same field) while unrelated pairs begin at about
70; on ALL-IDB2 all eight pairs up to 60 bits are one cell taken twice. Segmented cells lie alike
in the middle of the same black: there unrelated cells meet from about 30 bits, so the limit is 24.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leuko.arrays import Pixels
from leuko.labels import InputKind

HASH_SIDE = 16
HASH_BITS = HASH_SIDE**2
NEAR_BITS = MappingProxyType(
    {InputKind.FIELD: 60, InputKind.CROP: 60, InputKind.SEGMENTED: 24, InputKind.TISSUE: 60}
)
"""Largest number of differing bits, of 256, at which two pictures count as near copies."""
BLOCK = 2048
"""Fingerprints compared at a time, so that the memory does not grow with the square of the set."""

Fingerprint = NDArray[np.bool_]


@dataclass(frozen=True)
class NearCopy:
    """Two pictures that look the same although their bytes differ.

    Attributes:
        first, second: image ids, ``first`` before ``second``.
        bits: how many of the 256 bits differ.
    """

    first: str
    second: str
    bits: int


def fingerprint(pixels: Pixels) -> Fingerprint:
    """The perceptual hash of a picture.

    Args:
        pixels: uint8 (H, W, 3), RGB.

    Returns:
        bool (256,).
    """
    import imagehash

    grey = Image.fromarray(pixels).convert("L")
    bits: Fingerprint = imagehash.phash(grey, hash_size=HASH_SIDE).hash.ravel()
    return bits


def find_near_copies(
    image_ids: Sequence[str],
    contents: Sequence[str],
    fingerprints: NDArray[np.bool_],
    near_bits: int | Sequence[int],
) -> tuple[NearCopy, ...]:
    """All pairs that look the same and differ in their bytes, most alike first.

    Args:
        image_ids: names, sorted.
        contents: what each shows, such as the sha256 of its file; pairs of equal content are
            copies, not near copies.
        fingerprints: bool (N, 256), in the same order.
        near_bits: largest number of differing bits; or one number a picture, of which the smaller
            holds for a pair.
    """
    limits = np.broadcast_to(np.asarray(near_bits), len(image_ids))
    signs = np.where(fingerprints, np.float32(1), np.float32(-1))  # (N, 256)
    found: list[NearCopy] = []
    for start in range(0, len(signs), BLOCK):
        block = signs[start : start + BLOCK]
        differing = (HASH_BITS - block @ signs[start:].T) / 2  # (block, N - start)
        most = np.minimum(limits[start : start + BLOCK, None], limits[None, start:])
        for row, column in np.argwhere(np.triu(differing <= most, 1)):
            one, other = start + int(row), start + int(column)
            if contents[one] != contents[other]:
                bits = int(differing[row, column])
                found.append(NearCopy(image_ids[one], image_ids[other], bits))
    return tuple(sorted(found, key=lambda pair: (pair.bits, pair.first, pair.second)))
