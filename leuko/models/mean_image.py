"""The mean picture of a training set, stored with the model that subtracts it."""

import hashlib
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leuko.errors import WeightsError
from leuko.imaging.preprocessing.steps import FitSquare, Step, SubtractMeanImage
from leuko.models.bounded_read import LARGEST_MEAN_IMAGE_BYTES, read_bounded

MEAN_IMAGE_FILE = "mean_image.png"


def save_mean_image(pixels: NDArray[np.uint8], folder: Path) -> str:
    """Write the mean picture of a model.

    Args:
        pixels: uint8 (side, side, 3), RGB.
        folder: the model folder.

    Returns:
        sha256 of the file.
    """
    path = folder / MEAN_IMAGE_FILE
    Image.fromarray(pixels).save(path, "PNG")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load_mean_image(steps: tuple[Step, ...], folder: Path) -> NDArray[np.uint8] | None:
    """The mean picture that the steps of a card ask for, verified before it is decoded.

    Returns:
        uint8 (side, side, 3), or None when no step needs one.

    Raises:
        WeightsError: when the file is missing, altered, or of another size than the square.
    """
    wanted = next((step for step in steps if isinstance(step, SubtractMeanImage)), None)
    if wanted is None:
        return None
    remedy = "copy the model folder again from where it came from."
    try:
        content = read_bounded(folder / MEAN_IMAGE_FILE, LARGEST_MEAN_IMAGE_BYTES)
    except OSError:
        raise WeightsError(
            f"Model '{folder.name}' needs {MEAN_IMAGE_FILE}, which cannot be read: {remedy}"
        ) from None
    if hashlib.sha256(content).hexdigest() != wanted.sha256:
        raise WeightsError(f"{MEAN_IMAGE_FILE} of model '{folder.name}' was altered: {remedy}")
    side_px = next(step.side_px for step in steps if isinstance(step, FitSquare))
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if image.size == (side_px, side_px):  # known from the header, before it is decoded
                return np.asarray(image.convert("RGB"))
            found = f"{image.width} x {image.height} px"
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        found = "no PNG that can be decoded"
    raise WeightsError(
        f"{MEAN_IMAGE_FILE} of model '{folder.name}' must have {side_px} x {side_px} px, found "
        f"{found}: {remedy}"
    )
