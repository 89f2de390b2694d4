"""A picture as every part of the program sees it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

PASS_BYTES = 128 * 1024 * 1024
"""Of decoded pictures that are held at once; a single one may have more."""

Entry = TypeVar("Entry")


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


def passes(entries: Iterable[Entry], most: int, most_bytes: int) -> Iterator[list[Entry]]:
    """Group pictures that are decoded as they are asked for, so that few large ones are held.

    Args:
        entries: :class:`Picture`, or whatever stands for one that could not be read.
        most: entries in a group.
        most_bytes: a group ends with the picture that reaches so many decoded bytes.

    Yields:
        Lists of one or more, in order; clear each before the next is asked for.
    """
    group: list[Entry] = []
    held = 0
    for entry in entries:
        group.append(entry)
        held += entry.pixels.nbytes if isinstance(entry, Picture) else 0
        del entry  # else the last picture outlives its group
        if len(group) == most or held >= most_bytes:
            yield group
            group, held = [], 0
    if group:
        yield group
