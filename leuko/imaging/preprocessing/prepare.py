"""Run the steps of a card over a picture, from any picture to the square that a network reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image

from leuko.arrays import Pixels
from leuko.imaging.preprocessing import study_steps as cell_steps
from leuko.imaging.preprocessing.cell_cut import CellCutter, Cut, CutCell, middle_cell
from leuko.imaging.preprocessing.steps import (
    CropCell,
    FitSquare,
    MaskCorner,
    RemoveNoise,
    Step,
    StretchContrast,
    SubtractChannelMeans,
    SubtractMeanImage,
    check_order,
)
from leuko.inspection.cells.found import Cell


@dataclass(frozen=True)
class Prepared:
    """A picture as the network reads it, and where the original lies in it.

    Attributes:
        pixels: uint8 (side, side, 3), RGB.
        area: (left, top, right, bottom) of the original on the square of ``pixels``, pixels,
            right and bottom exclusive. What of the square lies outside is padding; where a crop
            was taken, the original reaches beyond the square.
    """

    pixels: Pixels
    area: tuple[int, int, int, int]


def mask_corner(pixels: Pixels, step: MaskCorner) -> Pixels:
    """Cover the rectangle of ``step``; a pixel that it touches is covered whole.

    Args:
        pixels: uint8 (H, W, 3).
        step: rectangle and colour.

    Returns:
        uint8 (H, W, 3), a copy.
    """
    height, width = pixels.shape[:2]
    rows = slice(int(step.top * height), int(np.ceil(step.bottom * height)))
    columns = slice(int(step.left * width), int(np.ceil(step.right * width)))
    covered = pixels.copy()
    covered[rows, columns] = step.colour
    return covered


def border_colour(pixels: Pixels) -> tuple[int, int, int]:
    """Median RGB of the outermost ring of pixels.

    Args:
        pixels: uint8 (H, W, 3).
    """
    ring = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(value) for value in np.median(ring, axis=0))
    return red, green, blue


def fit_square(pixels: Pixels, side_px: int) -> Prepared:
    """Scale with antialiasing, proportions kept, and pad to a square.

    Args:
        pixels: uint8 (H, W, 3).
        side_px: side of the square, pixels.
    """
    height, width = pixels.shape[:2]
    scale = side_px / max(height, width)
    new_width = max(1, min(side_px, round(width * scale)))
    new_height = max(1, min(side_px, round(height * scale)))
    scaled = pixels
    if (new_width, new_height) != (width, height):
        image = Image.fromarray(pixels)
        scaled = np.asarray(image.resize((new_width, new_height), Image.Resampling.BILINEAR))
    left, top = (side_px - new_width) // 2, (side_px - new_height) // 2
    area = (left, top, left + new_width, top + new_height)
    if (new_width, new_height) == (side_px, side_px):
        return Prepared(scaled, area)
    square = np.empty((side_px, side_px, 3), np.uint8)
    square[:] = border_colour(pixels)
    square[top : area[3], left : area[2]] = scaled
    return Prepared(square, area)


def prepare(pixels: Pixels, steps: tuple[Step, ...], mean_image: Pixels | None = None) -> Prepared:
    """Run the steps of a card over a picture.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
        steps: steps in order, with exactly one :class:`FitSquare`; only
            :class:`SubtractMeanImage` may come after it, and only there.
        mean_image: uint8 (side, side, 3), needed by :class:`SubtractMeanImage`.

    Raises:
        ValueError: when the steps stand in an order that cannot be carried out, or the mean
            image is missing or of another size.
    """
    check_order(steps)
    height, width = pixels.shape[:2]
    view = View()
    prepared: Prepared | None = None
    for step in steps:
        match step:
            case CropCell() | CutCell():
                pixels, view = _around_cell(pixels, step)
            case FitSquare():
                fitted = fit_square(pixels, step.side_px)
                part = pixels.shape[:2] != (height, width) or view != View()
                area = _area(fitted, pixels, view, (width, height)) if part else fitted.area
                prepared = Prepared(fitted.pixels, area)
            case SubtractMeanImage():
                if mean_image is None or prepared is None:
                    raise ValueError("subtract_mean_image needs the model's mean image")
                changed = cell_steps.subtract_mean_image(prepared.pixels, mean_image)
                prepared = Prepared(changed, prepared.area)
            case _:
                pixels = _changed(pixels, step)
    assert prepared is not None  # noqa: S101  check_order found the fit
    return prepared


class View(NamedTuple):
    """Which part of a picture is looked at.

    Attributes:
        left, top: its corner, pixels of the picture.
        scale: its pixels for one of the picture.
    """

    left: float = 0
    top: float = 0
    scale: float = 1


def _around_cell(pixels: Pixels, step: CropCell | CutCell) -> tuple[Pixels, View]:
    if isinstance(step, CutCell):
        cutter, cell = CellCutter(pixels, step), middle_cell(pixels)
        cut = cutter.cut(cell) if cell is not None else cutter.middle()
        return cut.pixels, View(cut.left, cut.top, step.side_px / cut.width)
    background = border_colour(pixels)
    x, y = cell_steps.cell_centre(pixels, background)
    cropped = cell_steps.crop_around(pixels, (x, y), step.side_px, background)
    return cropped, View(x - step.side_px // 2, y - step.side_px // 2)


def _changed(
    pixels: Pixels, step: MaskCorner | SubtractChannelMeans | StretchContrast | RemoveNoise
) -> Pixels:
    match step:
        case MaskCorner():
            return mask_corner(pixels, step)
        case SubtractChannelMeans():
            return cell_steps.subtract_channel_means(pixels)
        case StretchContrast():
            return cell_steps.stretch_contrast(pixels, step.cutoff_percent)
        case RemoveNoise():
            return cell_steps.remove_noise(pixels, step.size_px)


@dataclass(frozen=True, eq=False)
class Preparation:
    """The steps of a card with what they need, ready to be applied to any picture.

    Attributes:
        steps: see :func:`prepare`.
        mean_image: uint8 (side, side, 3), or None when no step needs it.
    """

    steps: tuple[Step, ...]
    mean_image: Pixels | None = None

    def __call__(self, pixels: Pixels) -> Prepared:
        """Prepare one picture, uint8 (H, W, 3)."""
        return prepare(pixels, self.steps, self.mean_image)

    @property
    def cuts_cells(self) -> bool:
        """Whether the steps begin with a :class:`CutCell`, so that cells of a field can be read."""
        return isinstance(self.steps[0], CutCell)

    def of_cells(self, pixels: Pixels, cells: Sequence[Cell]) -> Iterator[tuple[Cut, Prepared]]:
        """Prepare cells that were found in one picture, in their order.

        Args:
            pixels: of the whole picture, uint8 (H, W, 3).
            cells: of it.

        Raises:
            ValueError: when the steps cut no cells.
        """
        first = self.steps[0]
        if not isinstance(first, CutCell):
            raise ValueError("these steps read whole pictures and cut no cells")
        cutter = CellCutter(pixels, first)
        for cell in cells:
            cut = cutter.cut(cell)
            yield cut, prepare(cut.pixels, self.steps[1:], self.mean_image)


def _area(
    fitted: Prepared, cropped: Pixels, view: View, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Where the whole picture lies on the square that shows a crop of it."""
    left, top, right, _ = fitted.area
    scale = view.scale * (right - left) / cropped.shape[1]
    x0, y0 = left - view.left * scale, top - view.top * scale
    return round(x0), round(y0), round(x0 + size[0] * scale), round(y0 + size[1] * scale)
