"""What the values of a cell mask mean, and how a session keeps many of them."""

import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

CellMask = NDArray[np.uint8]
"""(h, w), over a whole picture in its proportions, with the values below."""

OUTSIDE: Final = 0
CYTOPLASM: Final = 1
NUCLEUS: Final = 2


@dataclass(frozen=True)
class PackedMask:
    """A cell mask in about a hundredth of its bytes.

    Attributes:
        shape: (h, w).
        packed: its bytes, deflated.
        covered: share of the picture that is not OUTSIDE, in [0, 1].
    """

    shape: tuple[int, int]
    packed: bytes
    covered: float

    @property
    def holds_cells(self) -> bool:
        """Whether any cell was found."""
        return self.covered > 0

    @classmethod
    def of(cls, mask: CellMask) -> "PackedMask":
        """Pack a mask, uint8 (h, w)."""
        height, width = mask.shape
        return cls(
            (height, width), zlib.compress(mask.tobytes(), level=1), float((mask != OUTSIDE).mean())
        )

    def unpack(self) -> CellMask:
        """The mask, read-only."""
        return np.frombuffer(zlib.decompress(self.packed), np.uint8).reshape(self.shape)
