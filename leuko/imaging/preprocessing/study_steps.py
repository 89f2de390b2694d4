"""Preprocessing of the published studies: cell-centred crop, mean subtraction, contrast, noise.

Every function takes and returns uint8 (H, W, 3), RGB. Differences are stored around mid-grey
(128) and clipped, so that a picture stays a picture that a person can look at.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from leuko.arrays import Pixels

MID_GREY = 128
BAND_PIXELS = 1_000_000
FOREGROUND_DISTANCE = 30
"""A pixel belongs to the cell when one of its channels is further than this from the border
colour, of 255."""


def cell_centre(pixels: Pixels, background: tuple[int, int, int]) -> tuple[int, int]:
    """Centre of mass of what differs from the background; the middle where nothing does.

    Args:
        pixels: uint8 (H, W, 3).
        background: RGB.

    Returns:
        (x, y), pixels from the left and top.
    """
    height, width = pixels.shape[:2]
    in_row, in_column = np.zeros(height, np.int64), np.zeros(width, np.int64)
    step = max(1, BAND_PIXELS // width)
    for start in range(0, height, step):  # differences of all of it would fill the memory
        band = pixels[start : start + step].astype(np.int16)
        difference = np.abs(band - np.array(background, np.int16))
        cell = difference.max(axis=2) > FOREGROUND_DISTANCE
        in_row[start : start + step] = cell.sum(axis=1)
        in_column += cell.sum(axis=0)
    found = int(in_row.sum())
    if not found:
        return width // 2, height // 2
    x, y = (int(np.dot(count, np.arange(len(count)))) / found for count in (in_column, in_row))
    return round(x), round(y)


def crop_around(
    pixels: Pixels, centre: tuple[int, int], side_px: int, background: tuple[int, int, int]
) -> Pixels:
    """A square around a point; what lies outside of the picture has the background's colour.

    Args:
        pixels: uint8 (H, W, 3).
        centre: (x, y), pixels; it becomes the pixel (side_px // 2, side_px // 2).
        side_px: side of the square, pixels.
        background: RGB.
    """
    height, width = pixels.shape[:2]
    left, top = centre[0] - side_px // 2, centre[1] - side_px // 2
    square = np.empty((side_px, side_px, 3), np.uint8)
    square[:] = background
    x0, x1 = max(0, left), min(width, left + side_px)
    y0, y1 = max(0, top), min(height, top + side_px)
    if x0 < x1 and y0 < y1:
        square[y0 - top : y1 - top, x0 - left : x1 - left] = pixels[y0:y1, x0:x1]
    return square


def subtract_channel_means(pixels: Pixels) -> Pixels:
    """Each channel minus its own mean over the picture, around mid-grey (study B)."""
    means = pixels.reshape(-1, 3).mean(axis=0)
    return _around_grey(pixels - means)


def subtract_mean_image(pixels: Pixels, mean_image: Pixels) -> Pixels:
    """The picture minus the mean picture of the training set, around mid-grey (study C).

    Raises:
        ValueError: when the two differ in size.
    """
    if pixels.shape != mean_image.shape:
        raise ValueError(f"mean image is {mean_image.shape}, picture is {pixels.shape}")
    return _around_grey(pixels.astype(np.float64) - mean_image)


def stretch_contrast(pixels: Pixels, cutoff_percent: float) -> Pixels:
    """Stretch brightness to the full range, hues kept, ignoring the extremes at both ends.

    Args:
        pixels: uint8 (H, W, 3).
        cutoff_percent: share of the darkest and of the brightest pixels to ignore.
    """
    stretched = ImageOps.autocontrast(
        Image.fromarray(pixels), cutoff=cutoff_percent, preserve_tone=True
    )
    return np.asarray(stretched)


def remove_noise(pixels: Pixels, size_px: int) -> Pixels:
    """Median filter over a square of ``size_px``, which must be odd."""
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.MedianFilter(size_px)))


def _around_grey(difference: NDArray[np.float64]) -> Pixels:
    rounded: Pixels = np.clip(np.rint(difference) + MID_GREY, 0, 255).astype(np.uint8)
    return rounded
