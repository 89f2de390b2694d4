"""Preprocessing steps that turn any picture into the square that a network reads.

The steps are data: a card lists them, and training, command line and application run the same
list through :func:`prepare`, so that a picture means the same on every path.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

Pixels = NDArray[np.uint8]
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


Step = Annotated[MaskCorner | FitSquare, Field(discriminator="step")]


@dataclass(frozen=True)
class Prepared:
    """A picture as the network reads it, and where the original lies in it.

    Attributes:
        pixels: uint8 (side, side, 3), RGB.
        area: (left, top, right, bottom) of the original inside ``pixels``, pixels, right and
            bottom exclusive; all else is padding.
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


def prepare(pixels: Pixels, steps: tuple[Step, ...]) -> Prepared:
    """Run the steps of a card over a picture.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
        steps: steps in order; the last one, and no other, must be :class:`FitSquare`.

    Raises:
        ValueError: when the last step is another one, or a square is asked for before the end:
            the area of the picture in the square would be lost.
    """
    if not steps or not isinstance(steps[-1], FitSquare):
        raise ValueError("the last preprocessing step must be fit_square")
    for step in steps[:-1]:
        if isinstance(step, FitSquare):
            raise ValueError("fit_square must be the last preprocessing step and stand only there")
        pixels = mask_corner(pixels, step)
    return fit_square(pixels, steps[-1].side_px)
