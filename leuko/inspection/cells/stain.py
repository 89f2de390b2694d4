"""How purple and how dark each pixel of a stained smear is, whatever the colour of its light.

Romanowsky stains (Wright, Giemsa, Leishman, May-Grünwald) colour nuclei purple: they absorb green
light far more than blue light. Red cells absorb both alike or blue more, and glass absorbs nothing.
Measured as optical density against the picture's own background, the difference of the two is high
in nuclei, lower in the cytoplasm around them and near zero elsewhere.

Source: optical density after Ruifrok and Johnston (2001), Anal. Quant. Cytol. Histol. 23:291-299.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import BytePlane, Pixels

STEPS_PER_DENSITY: Final = 100
"""Planes hold optical density (natural logarithm) in hundredths, so that they fit into bytes."""
DENSEST: Final = 220
DARKEST_VALUE: Final = 8
"""Of 255: below, the logarithm would show the camera's noise alone."""
BACKGROUND_PERCENTILE: Final = 90
BLACK_UP_TO: Final = 16
BLACK_GROUND_SHARE: Final = 0.25
SAMPLED_PIXELS: Final = 4096
_GRAIN: Final = (3, 3)


@dataclass(frozen=True, eq=False)
class Stain:
    """Planes of one picture, uint8 (h, w), in hundredths of optical density.

    Attributes:
        purple: density in green above that in blue; 0 where blue is absorbed as much.
        dark: densities in red and green together.
        ground: where a black ground was put around the cells; None when there is none.
    """

    purple: BytePlane
    dark: BytePlane
    ground: NDArray[np.bool_] | None


def measure_stain(pixels: Pixels) -> Stain:
    """Optical densities against the picture's own background.

    The background is the 90th percentile of each channel: glass and plasma cover at least a tenth
    of nearly every picture. On a black ground there is no glass; white stands for it then.

    Args:
        pixels: uint8 (H, W, 3), RGB.
    """
    smooth = np.asarray(cv2.GaussianBlur(pixels, _GRAIN, 0), np.uint8)
    ground = find_black_ground(pixels)
    red, green, blue = _densities(smooth, ground)
    purple, dark = cv2.subtract(green, blue), cv2.add(red, green)  # both stay within a byte
    if ground is not None:
        purple[ground] = 0
        dark[ground] = 0
    return Stain(np.asarray(purple, np.uint8), np.asarray(dark, np.uint8), ground)


def background_colour(pixels: Pixels) -> BytePlane:
    """Colour of the light that passes beside all cells: the 90th percentile of each channel.

    Args:
        pixels: uint8 (H, W, 3), RGB, without a black ground.

    Returns:
        uint8 (3,).
    """
    sample = np.ascontiguousarray(pixels.reshape(-1, 3)[:: _stride(pixels)].T)  # (3, n)
    place = BACKGROUND_PERCENTILE * sample.shape[1] // 100
    return np.asarray(np.partition(sample, place, axis=1)[:, place], np.uint8)


def measure_densities(pixels: Pixels) -> Pixels:
    """Optical density of each channel against the picture's own background.

    Args:
        pixels: uint8 (H, W, 3), RGB.

    Returns:
        uint8 (H, W, 3), hundredths; 0 on glass and on a black ground.
    """
    ground = find_black_ground(pixels)
    densities = cv2.merge(_densities(pixels, ground))
    if ground is not None:
        densities[ground] = 0
    return np.asarray(densities, np.uint8)


def _densities(pixels: Pixels, ground: NDArray[np.bool_] | None) -> list[BytePlane]:
    """Density of red, green and blue, each (H, W)."""
    white = background_colour(pixels) if ground is None else np.array([255, 255, 255])
    return [
        np.asarray(cv2.LUT(plane, column), np.uint8)
        for plane, column in zip(cv2.split(pixels), _density_table(white), strict=True)
    ]


def _density_table(white: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Density of every value of each channel, (3, 256)."""
    values = np.maximum(np.arange(256), DARKEST_VALUE)
    density = -np.log(values / np.maximum(white, DARKEST_VALUE)[:, None]) * STEPS_PER_DENSITY
    table: NDArray[np.uint8] = np.rint(density.clip(0, DENSEST)).astype(np.uint8)
    return table


def find_black_ground(pixels: Pixels) -> NDArray[np.bool_] | None:
    """Where a picture is black, when black surrounds what it shows."""
    low = _at_border(pixels, 1) <= BLACK_UP_TO
    if 2 * np.count_nonzero(low) < len(low):
        return None  # most pictures end here
    low &= (_at_border(pixels, 0) <= BLACK_UP_TO) & (_at_border(pixels, 2) <= BLACK_UP_TO)
    if 2 * np.count_nonzero(low) < len(low):
        return None
    red, green, blue = cv2.split(pixels)
    black = np.asarray(cv2.max(cv2.max(red, green), blue)) <= BLACK_UP_TO
    return black if np.count_nonzero(black) > BLACK_GROUND_SHARE * black.size else None


def _at_border(pixels: Pixels, channel: int) -> BytePlane:
    """Values of a channel in the outermost rows and columns, (n,)."""
    plane = pixels[..., channel]
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])


def _stride(pixels: Pixels) -> int:
    height, width = pixels.shape[:2]
    return max(1, int(height) * int(width) // SAMPLED_PIXELS)
