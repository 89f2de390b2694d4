"""Cut a leukocyte out of a picture: centred, at one size, against one ground.

A network that reads such cuts learns cells and not laboratories: the light of the microscope is
divided out by the picture's own background, every cell fills its square alike, and where the step
says so nothing but the cell is left in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from leuko.arrays import BytePlane, Pixels
from leuko.inspection.cells.finder import find_leukocytes
from leuko.inspection.cells.found import Cell
from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS, OUTSIDE, CellMask
from leuko.inspection.cells.stain import background_colour, find_black_ground

GROUND: Final = 240
"""What the background of a picture becomes, of 255: lighter spots stay lighter."""
DARKEST_BACKGROUND: Final = 16
SOFT_EDGE: Final = 0.03
"""Width over which a covered ground begins, of the side of the cut."""


class CutCell(BaseModel):
    """Cut out the leukocyte in the middle of a picture, or one that was found in a field.

    Attributes:
        side_px: side of the cut, pixels.
        centre: what lies in the middle. ``nucleus`` also gives the size: nuclei are found alike in
            every laboratory, cytoplasm is not.
        reach: side of the cut, in diameters of the nucleus or in longer sides of the cell.
        margin: of what surrounds the cell, so much is kept, in sides of the cut; the rest is
            covered with the ground's colour. None covers nothing.
        finder: sha256 of the network that found the cells which a model learnt on; None in a
            recipe, before training.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: Literal["cut_cell"] = "cut_cell"
    side_px: Annotated[int, Field(ge=32, le=2048)]
    centre: Literal["nucleus", "cell"] = "nucleus"
    reach: Annotated[float, Field(ge=1, le=8)]
    margin: Annotated[float, Field(ge=0, le=1)] | None = None
    finder: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


@dataclass(frozen=True, eq=False)
class Cut:
    """A cell as a network reads it.

    Attributes:
        pixels: uint8 (side, side, 3), RGB.
        cell: what of it is cytoplasm and nucleus, uint8 (side, side).
        left, top: corner of the cut in the picture, pixels; below 0 outside of it.
        width: side of the cut in the picture, pixels.
    """

    pixels: Pixels
    cell: CellMask
    left: float
    top: float
    width: float


class CellCutter:
    """Cuts cells out of one picture; what they share is measured once.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
        step: how to cut.
    """

    def __init__(self, pixels: Pixels, step: CutCell) -> None:
        self._pixels = pixels
        self._step = step
        self._black = find_black_ground(pixels)
        white = background_colour(pixels) if self._black is None else (255, 255, 255)
        values = np.arange(256)[:, None] * GROUND / np.maximum(white, DARKEST_BACKGROUND)
        self._balance = np.minimum(255, np.rint(values)).astype(np.uint8)[None]  # (1, 256, 3)

    def cut(self, cell: Cell) -> Cut:
        """One cell, itself or its nucleus in the middle of the cut."""
        if self._step.centre == "nucleus":
            width, (x, y) = self._step.reach * cell.nucleus_px, cell.centre
        else:
            width = self._step.reach * max(cell.box.width, cell.box.height)
            x = cell.box.left + cell.box.width / 2
            y = cell.box.top + cell.box.height / 2
        return self._cut(x - width / 2, y - width / 2, width, cell)

    def middle(self) -> Cut:
        """The square in the middle of the picture, where no cell was found in it."""
        height, width = self._pixels.shape[:2]
        side = min(height, width)
        return self._cut((width - side) / 2, (height - side) / 2, side, None)

    def _cut(self, left: float, top: float, width: float, cell: Cell | None) -> Cut:
        side = self._step.side_px
        height_px, width_px = self._pixels.shape[:2]
        x0, y0 = max(0, int(np.floor(left))), max(0, int(np.floor(top)))
        x1 = min(width_px, int(np.ceil(left + width)))
        y1 = min(height_px, int(np.ceil(top + width)))
        window = np.asarray(cv2.LUT(self._pixels[y0:y1, x0:x1], self._balance), np.uint8)
        if self._black is not None:
            window[self._black[y0:y1, x0:x1]] = GROUND
        scale = side / width
        place = np.array([[1.0, 0.0, (x0 - left) * scale], [0.0, 1.0, (y0 - top) * scale]])
        if scale < 1:  # averages first: what is only looked up between pixels would flicker
            small = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
            window = np.asarray(cv2.resize(window, small, interpolation=cv2.INTER_AREA), np.uint8)
        else:
            place[0, 0] = place[1, 1] = scale
        # cv2 puts the middle of the first pixel at 0, boxes put its left edge there.
        place[:, 2] += (place[0, 0] - 1) / 2
        shown = cv2.warpAffine(
            window, place, (side, side), flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT, borderValue=(GROUND, GROUND, GROUND),
        )  # fmt: skip
        pixels: Pixels = np.asarray(shown, np.uint8)
        mask = self._mask(cell, left, top, scale)
        if self._step.margin is not None and cell is not None:
            pixels = self._covered(pixels, mask)
        return Cut(pixels, mask, left, top, width)

    def _mask(self, cell: Cell | None, left: float, top: float, scale: float) -> CellMask:
        mask = np.full((self._step.side_px, self._step.side_px), OUTSIDE, np.uint8)
        if cell is not None:
            _fill(mask, [cell.outline], CYTOPLASM, left, top, scale)
            _fill(mask, cell.nucleus, NUCLEUS, left, top, scale)
        return mask

    def _covered(self, pixels: Pixels, mask: CellMask) -> Pixels:
        side, margin = self._step.side_px, self._step.margin
        assert margin is not None  # noqa: S101
        away = cv2.distanceTransform((mask == OUTSIDE).astype(np.uint8), cv2.DIST_L2, 3)
        hidden = ((np.asarray(away) / side - margin) / SOFT_EDGE).clip(0, 1)
        edge = np.flatnonzero((hidden > 0) & (hidden < 1))  # only there anything is blended
        rows = pixels.reshape(-1, 3)
        seen = 1 - hidden.reshape(-1)[edge, None]
        blended = np.rint(rows[edge] * seen + GROUND * (1 - seen)).astype(np.uint8)
        cv2.copyTo(np.full_like(pixels, GROUND), (hidden == 1).astype(np.uint8), pixels)
        rows[edge] = blended
        return pixels


def _fill(
    mask: BytePlane, polygons: Sequence[NDArray[np.int32]], value: int,
    left: float, top: float, scale: float,
) -> None:  # fmt: skip
    moved = [np.rint((p - (left, top)) * scale).astype(np.int32) for p in polygons]
    if moved:
        cv2.fillPoly(mask, moved, value)


def middle_cell(pixels: Pixels) -> Cell | None:
    """The leukocyte whose nucleus is nearest to the middle of a picture; None where none is.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
    """
    height, width = pixels.shape[:2]
    return nearest_cell(find_leukocytes(pixels).cells, (width / 2, height / 2))


def nearest_cell(cells: Sequence[Cell], point: tuple[float, float]) -> Cell | None:
    """The cell whose nucleus is nearest to a point of the picture; None without cells."""
    return min(
        cells,
        key=lambda cell: (cell.centre[0] - point[0]) ** 2 + (cell.centre[1] - point[1]) ** 2,
        default=None,
    )
