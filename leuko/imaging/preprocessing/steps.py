"""Preprocessing steps that turn any picture into the square that a network reads.

The steps are data: a card lists them, and training, command line and application run the same
list through :func:`prepare`, so that a picture means the same on every path.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from leuko.arrays import Pixels
from leuko.imaging.preprocessing import study_steps as cell_steps

Fraction = Annotated[float, Field(ge=0, le=1)]
Byte = Annotated[int, Field(ge=0, le=255)]


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MaskCorner(_Step):
    """Cover a rectangle with one colour, such as the corner where a scale bar is burnt in.

    Attributes:
        left, top, right, bottom: edges as fractions of width and height.
        colour: RGB that replaces the pixels.
    """

    step: Literal["mask_corner"] = "mask_corner"
    left: Fraction
    top: Fraction
    right: Fraction = 1.0
    bottom: Fraction = 1.0
    colour: tuple[Byte, Byte, Byte] = (124, 116, 104)


class FitSquare(_Step):
    """Scale the longer side to ``side_px`` and pad the shorter one, so that nothing is squashed.

    The padding has the median colour of the picture's own border: glass for a field, background
    for a crop, black for a segmented cell.
    """

    step: Literal["fit_square"] = "fit_square"
    side_px: Annotated[int, Field(ge=32, le=2048)]


class CropCell(_Step):
    """Crop a square around the cell, found as what differs from the border's colour (study B).

    Attributes:
        side_px: side of the square, pixels of the picture as uploaded.
    """

    step: Literal["crop_cell"] = "crop_cell"
    side_px: Annotated[int, Field(ge=16, le=4096)]


class SubtractChannelMeans(_Step):
    """Subtract each channel's mean over the picture, around mid-grey (study B)."""

    step: Literal["subtract_channel_means"] = "subtract_channel_means"


class StretchContrast(_Step):
    """Stretch brightness to the full range, hues kept (study B).

    Attributes:
        cutoff_percent: share of the darkest and of the brightest pixels to ignore.
    """

    step: Literal["stretch_contrast"] = "stretch_contrast"
    cutoff_percent: Annotated[float, Field(ge=0, lt=50)] = 1.0


class RemoveNoise(_Step):
    """Median filter (study B).

    Attributes:
        size_px: side of its square, odd.
    """

    step: Literal["remove_noise"] = "remove_noise"
    size_px: Literal[3, 5, 7] = 3


class SubtractMeanImage(_Step):
    """Subtract the mean picture of the training set, around mid-grey (study C).

    It runs after the fit to the square, for the mean picture has that size.

    Attributes:
        sha256: of ``mean_image.png`` in the model folder; None in a recipe, before training.
    """

    step: Literal["subtract_mean_image"] = "subtract_mean_image"
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


Step = Annotated[
    MaskCorner
    | CropCell
    | SubtractChannelMeans
    | StretchContrast
    | RemoveNoise
    | FitSquare
    | SubtractMeanImage,
    Field(discriminator="step"),
]


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
    origin: tuple[int, int] = (0, 0)
    prepared: Prepared | None = None
    for step in steps:
        match step:
            case MaskCorner():
                pixels = mask_corner(pixels, step)
            case CropCell():
                background = border_colour(pixels)
                x, y = cell_steps.cell_centre(pixels, background)
                pixels = cell_steps.crop_around(pixels, (x, y), step.side_px, background)
                origin = (x - step.side_px // 2, y - step.side_px // 2)
            case SubtractChannelMeans():
                pixels = cell_steps.subtract_channel_means(pixels)
            case StretchContrast():
                pixels = cell_steps.stretch_contrast(pixels, step.cutoff_percent)
            case RemoveNoise():
                pixels = cell_steps.remove_noise(pixels, step.size_px)
            case FitSquare():
                fitted = fit_square(pixels, step.side_px)
                cropped = pixels.shape[:2] != (height, width) or origin != (0, 0)
                area = _area(fitted, pixels, origin, (width, height)) if cropped else fitted.area
                prepared = Prepared(fitted.pixels, area)
            case SubtractMeanImage():
                if mean_image is None or prepared is None:
                    raise ValueError("subtract_mean_image needs the model's mean image")
                changed = cell_steps.subtract_mean_image(prepared.pixels, mean_image)
                prepared = Prepared(changed, prepared.area)
    assert prepared is not None  # noqa: S101  check_order found the fit
    return prepared


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


def check_order(steps: tuple[Step, ...]) -> None:
    """Refuse steps in an order that cannot be carried out.

    Raises:
        ValueError: saying which rule is broken.
    """
    fits = [index for index, step in enumerate(steps) if isinstance(step, FitSquare)]
    if len(fits) != 1:
        raise ValueError(f"fit_square must stand exactly once among the steps, found {len(fits)}")
    for index, step in enumerate(steps):
        if isinstance(step, SubtractMeanImage) != (index > fits[0]) and index != fits[0]:
            raise ValueError(
                f"{step.step} stands on the wrong side of fit_square: the mean image comes after "
                "it, all other steps before"
            )
    if sum(isinstance(step, CropCell) for step in steps) > 1:
        raise ValueError("crop_cell may stand only once among the steps")


def _area(
    fitted: Prepared, cropped: Pixels, origin: tuple[int, int], size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Where the whole picture lies on the square that shows a crop of it."""
    left, top, right, _ = fitted.area
    scale = (right - left) / cropped.shape[1]
    x0, y0 = left - origin[0] * scale, top - origin[1] * scale
    return round(x0), round(y0), round(x0 + size[0] * scale), round(y0 + size[1] * scale)
