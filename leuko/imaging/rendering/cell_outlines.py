"""Draw the leukocytes of a field: outlines in the colour and line of their class, with letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels
from leuko.imaging.rendering.cell_marks import Line, mark_of

PIXELS_A_LINE: Final = 400
"""Of the longer side of the picture for one pixel of the width of a line."""
CASING: Final = (255, 255, 255)
"""A wider line below each outline, so that it stands out from cells of its own colour."""
PATTERNS: Final[dict[Line, tuple[float, float]]] = {"dashed": (5.0, 3.0), "dotted": (1.0, 2.2)}
"""Lengths of a dash and of the gap after it, in widths of the line."""
LETTER_HEIGHT: Final = 6
"""In widths of the line."""
FONT_PX: Final = 22
"""Height of a capital of Hershey's simplex at scale 1, pixels."""


@dataclass(frozen=True, eq=False)
class Outline:
    """A cell as it is drawn.

    Attributes:
        polygon: int (n, 2), x and y, pixels of the picture.
        label: its class, or what else is said of it.
    """

    polygon: NDArray[np.int32]
    label: str


def draw_outlines(pixels: Pixels, outlines: Sequence[Outline]) -> Pixels:
    """A copy of a field with its cells outlined and lettered.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        outlines: of its cells; letters of later ones lie over lines of earlier ones.
    """
    drawn: Pixels = pixels.copy()
    width = line_width(pixels)
    for one in outlines:
        _draw_polygon(drawn, one, width)
    for one in outlines:
        _draw_letters(drawn, one, width)
    return drawn


def line_width(pixels: Pixels) -> int:
    """Width of outlines in a picture, pixels: the same share of small and of large ones."""
    return max(1, round(max(int(side) for side in pixels.shape[:2]) / PIXELS_A_LINE))


def dashes(polygon: NDArray[np.int32], line: Line, width: int) -> list[NDArray[np.int32]]:
    """Open polylines that make up the line around a polygon.

    Args:
        polygon: int (n, 2), closed by its first corner.
        line: its pattern.
        width: of the line, pixels.

    Returns:
        int (m, 2) each: one for a solid line, one a dash otherwise.
    """
    corners = np.vstack([polygon, polygon[:1]]).astype(np.float64)
    if line == "solid":
        return [np.rint(corners).astype(np.int32)]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    dash, gap = (length * width for length in PATTERNS[line])
    count = max(1, int(along[-1] / (dash + gap)))  # a whole number, so that the ends meet
    period = along[-1] / count
    parts = []
    for start in np.arange(count) * period:
        end = start + period * dash / (dash + gap)
        between = along[(along > start) & (along < end)]
        places = np.concatenate([[start], between, [end]])
        points = [np.interp(places, along, corners[:, axis]) for axis in (0, 1)]
        parts.append(np.rint(np.stack(points, axis=1)).astype(np.int32))
    return parts


def _draw_polygon(drawn: Pixels, one: Outline, width: int) -> None:
    mark = mark_of(one.label)
    casing = [one.polygon.reshape(-1, 1, 2)]
    cv2.polylines(drawn, casing, True, CASING, width + 2 * max(1, width // 2), cv2.LINE_AA)
    parts = [part.reshape(-1, 1, 2) for part in dashes(one.polygon, mark.line, width)]
    cv2.polylines(drawn, parts, False, mark.rgb, width + 1, cv2.LINE_AA)


def _draw_letters(drawn: Pixels, one: Outline, width: int) -> None:
    mark = mark_of(one.label)
    scale = max(0.35, LETTER_HEIGHT * width / FONT_PX)
    thickness = max(1, round(0.7 * width))
    font = cv2.FONT_HERSHEY_SIMPLEX
    (text_width, text_height), below = cv2.getTextSize(mark.letters, font, scale, thickness)
    pad = max(1, width)
    left, top = one.polygon.min(axis=0) - (0, text_height + below + 2 * pad)
    left = int(np.clip(left, 0, max(0, drawn.shape[1] - text_width - 2 * pad)))
    top = int(np.clip(top, 0, max(0, drawn.shape[0] - text_height - below - 2 * pad)))
    right, bottom = left + text_width + 2 * pad, top + text_height + below + 2 * pad
    cv2.rectangle(drawn, (left, top), (right, bottom), mark.rgb, cv2.FILLED)
    place = left + pad, top + pad + text_height
    cv2.putText(drawn, mark.letters, place, font, scale, _ink(mark.rgb), thickness, cv2.LINE_AA)


def _ink(ground: tuple[int, int, int]) -> tuple[int, int, int]:
    """Black or white, whatever is legible on a colour; see WCAG 2.2 for relative luminance."""
    shares = np.array(ground) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))
    white, black = 1.05 / (luminance + 0.05), (luminance + 0.05) / 0.05
    return (255, 255, 255) if white > black else (0, 0, 0)
