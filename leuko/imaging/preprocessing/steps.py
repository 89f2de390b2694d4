"""Preprocessing steps that turn any picture into the square that a network reads.

The steps are data: a card lists them, and training, command line and application run the same
list through :mod:`leuko.imaging.preprocessing.prepare`, so that a picture means the same on every
path.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from leuko.imaging.preprocessing.cell_cut import CutCell

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
    | CutCell
    | SubtractChannelMeans
    | StretchContrast
    | RemoveNoise
    | FitSquare
    | SubtractMeanImage,
    Field(discriminator="step"),
]


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
    if sum(isinstance(step, CropCell | CutCell) for step in steps) > 1:
        raise ValueError("crop_cell or cut_cell may stand only once among the steps")
    if any(isinstance(step, CutCell) for step in steps[1:]):
        raise ValueError("cut_cell must be the first step: it looks for cells in the whole picture")
