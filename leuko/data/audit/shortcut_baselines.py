"""How far the class can be guessed from what has nothing to do with the cells.

Each shortcut is a handful of numbers a picture; a simple classifier is trained on them and on
nothing else, and its balanced accuracy is measured by cross-validation. A figure far above chance
means that a network may score well on this set without having looked at a cell.
"""

import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from leuko.arrays import Pixels
from leuko.imaging.picture import Picture
from leuko.labels import InputKind

Values = NDArray[np.float64]

BACKGROUND = "background colour"
CORNER = "scale-bar corner"
FILE = "file size and format"
SIZE = "picture size"
SHARPNESS = "sharpness"
OUTLINE = "size of the cut-out"

CORNER_LEFT, CORNER_TOP = 172 / 224, 190 / 224
"""Where a scale bar sits on Taleqani, as fractions: 52 × 34 px of 224 × 224, bottom right."""
CORNER_SHAPE = (8, 5)  # columns, rows that the corner is scaled down to
BACKGROUND_PERCENTILE = 80
DARK = 8  # a sum of R, G and B at or below this is the black around a segmented cell
FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WebP")
OCTAVES_PX = (1, 2, 4, 8)
LEAST_CONTRAST = 1e-4
"""Keeps a picture of one colour from a division by nought and its logarithm finite."""
FOLDS = 5
TREES = 100


def shortcut_values(picture: Picture, data: bytes, kind: InputKind) -> dict[str, Values]:
    """The numbers of each shortcut for one picture.

    Args:
        picture: the decoded picture.
        data: the bytes of its file.
        kind: kind of picture; the background of a segmented cell is its border.
    """
    values = {
        BACKGROUND: background_colour(picture.pixels, kind),
        CORNER: corner(picture.pixels),
        FILE: file_values(picture.format, data),
        SIZE: np.array([picture.width_px, picture.height_px], np.float64),
        SHARPNESS: sharpness(picture.pixels),
    }
    if kind is InputKind.SEGMENTED:
        lit = picture.pixels.astype(np.uint16).sum(axis=2) > DARK
        values[OUTLINE] = np.array([lit.mean()])
    return values


def background_colour(pixels: Pixels, kind: InputKind) -> Values:
    """Mean RGB of the background, in [0, 255].

    Fields, crops and tissue: of the brightest fifth of the pixels by R + G + B, the scale-bar
    corner left out. Segmented cells: of the outermost ring of pixels.

    Args:
        pixels: uint8 (H, W, 3).
        kind: kind of picture.

    Returns:
        (3,).
    """
    if kind is InputKind.SEGMENTED:
        ring = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        return np.asarray(ring.mean(axis=0), np.float64)
    height, width = pixels.shape[:2]
    kept = np.ones((height, width), bool)
    kept[int(CORNER_TOP * height) :, int(CORNER_LEFT * width) :] = False
    colours = pixels[kept]  # (n, 3)
    brightness = colours.astype(np.uint16).sum(axis=1)
    bright = colours[brightness >= np.percentile(brightness, BACKGROUND_PERCENTILE)]
    return np.asarray(bright.mean(axis=0), np.float64)


def corner(pixels: Pixels) -> Values:
    """The bottom-right corner where a scale bar sits, scaled down.

    Args:
        pixels: uint8 (H, W, 3).

    Returns:
        (120,), RGB of 8 × 5 areas in [0, 255].
    """
    height, width = pixels.shape[:2]
    cut = pixels[int(CORNER_TOP * height) :, int(CORNER_LEFT * width) :]
    small = Image.fromarray(np.ascontiguousarray(cut)).resize(CORNER_SHAPE, Image.Resampling.BOX)
    return np.asarray(small, np.float64).ravel()


def sharpness(pixels: Pixels) -> Values:
    """How much of a picture's contrast lies in each octave of detail, in pixels as it came.

    A picture that was enlarged lacks the finest octave, one that was shrunk or sharpened has more
    of it, whatever it shows: a fingerprint of microscope, scaling and compression.

    Args:
        pixels: uint8 (H, W, 3).

    Returns:
        (4,): logarithm of the standard deviation of the brightness between Gaussian blurs of 0, 1,
        2, 4 and 8 pixels, by that of all brightness.
    """
    import cv2

    grey = pixels.astype(np.float32).mean(axis=2)
    whole = float(grey.std()) + LEAST_CONTRAST
    blurred = [grey, *(cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in OCTAVES_PX)]
    between = [float((fine - coarse).std()) for fine, coarse in pairwise(blurred)]
    return np.log(np.array(between, np.float64) / whole + LEAST_CONTRAST)


def file_values(format_name: str, data: bytes) -> Values:
    """What a file says without its pixels.

    Args:
        format_name: format as the decoder names it.
        data: the bytes of the file.

    Returns:
        (8,): logarithm of the number of bytes, one flag a format, and the means of a JPEG's
        first and last quantisation table (0 for other formats), which tell its quality.
    """
    tables = (0.0, 0.0)
    if format_name == "JPEG":
        with JpegImagePlugin.JpegImageFile(io.BytesIO(data)) as image:
            means = [float(np.mean(table)) for table in image.quantization.values()]
        tables = (means[0], means[-1]) if means else tables
    flags = [float(format_name == name) for name in FORMATS]
    return np.array([np.log(len(data)), *flags, *tables])


@dataclass(frozen=True)
class Guess:
    """How well the class is guessed from a few numbers.

    Attributes:
        balanced_accuracy: mean recall over the classes, in [0, 1], cross-validated.
        guesser: what guessed best.
    """

    balanced_accuracy: float
    guesser: str


def guess_classes(
    values: NDArray[np.float64], labels: Sequence[str], units: Sequence[str], seed: int = 0
) -> Guess | None:
    """The better of two guessers on these numbers alone, five-fold cross-validated.

    A logistic regression on standardised values finds what grows or falls with the class, a small
    random forest what does not. The better of two is chosen on the same pictures, so a figure
    within about 0.03 of chance means nothing.

    Args:
        values: (N, features).
        labels: class of each picture.
        units: what a fold never divides: the group, or under ``paper`` the content of the file.
        seed: seed of the folds and of the forest.

    Returns:
        The better guesser; every picture is guessed by a model that saw none of its unit. None
        where there are not two classes, or a class has fewer than two units.
    """
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    folds = min(FOLDS, fewest_units(labels, units))
    if folds < 2 or len(set(labels)) < 2:  # noqa: PLR2004
        return None
    guessers = {
        "logistic regression": make_pipeline(
            StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=2000, tol=1e-3)
        ),
        "random forest": RandomForestClassifier(
            TREES, min_samples_leaf=3, class_weight="balanced", random_state=seed
        ),
    }
    divided = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    truth, groups = np.asarray(labels), np.asarray(units)
    guesses = []
    for name, model in guessers.items():
        with threadpool_limits(1):  # threads on matrices this small wait more than they compute
            guessed = cross_val_predict(model, values, truth, groups=groups, cv=divided)
        guesses.append(Guess(float(balanced_accuracy_score(truth, guessed)), name))
    return max(guesses, key=lambda guess: guess.balanced_accuracy)


def fewest_units(labels: Sequence[str], units: Sequence[str]) -> int:
    """Number of units of the class that has the fewest."""
    of_class: defaultdict[str, set[str]] = defaultdict(set)
    for label, unit in zip(labels, units, strict=True):
        of_class[label].add(unit)
    return min(len(found) for found in of_class.values())
