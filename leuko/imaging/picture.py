"""A picture as every part of the program sees it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture; two are the same file when their ``sha256`` is the same.

    Attributes:
        name: name as the user gave it; show it through ``names.display_name``.
        pixels: uint8 (H, W, 3), RGB, upright, read-only.
        sha256: hexadecimal hash of the bytes of the file.
        format: "PNG", "JPEG", "BMP", "TIFF" or "WebP".
        notes: plain sentences about what was done to the values, for the user.

    Raises:
        ValueError: when ``pixels`` has another shape or type.
    """

    name: str
    pixels: NDArray[np.uint8]
    sha256: str
    format: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 3 or self.pixels.shape[2] != 3:  # noqa: PLR2004
            raise ValueError(
                f"pixels must be uint8 (H, W, 3), found {self.pixels.dtype} {self.pixels.shape}"
            )
        frozen = np.ascontiguousarray(self.pixels).view()
        frozen.flags.writeable = False
        object.__setattr__(self, "pixels", frozen)

    @property
    def width_px(self) -> int:
        """Width, pixels."""
        return int(self.pixels.shape[1])

    @property
    def height_px(self) -> int:
        """Height, pixels."""
        return int(self.pixels.shape[0])
