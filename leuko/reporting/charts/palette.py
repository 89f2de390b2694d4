"""Colours, the same in every chart, table and card, in the light and in the dark theme.

Sources: Okabe and Ito (2008), Color Universal Design, for classes; Paul Tol's "bright" scheme
(2021) for models, so that no model wears the colour of a class. Both hold for colour-blind eyes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from leuko.imaging.rendering import cell_marks
from leuko.labels import ClassSet
from leuko.models.card import ModelCard

BLUE_GREEN = cell_marks.BLUE_GREEN
SKY_BLUE = cell_marks.SKY_BLUE
OCHRE = cell_marks.OCHRE
VERMILION = cell_marks.VERMILION
NEUTRAL = "#888888"
CELL_SCALE = ((0.0, "#F4F7FA"), (0.5, "#8FB4D4"), (1.0, "#1F4E79"))
MODEL_COLOURS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377")
MODEL_PATTERNS = ("", "/", "x", ".", "\\", "+", "-", "|")


@dataclass(frozen=True)
class ModelStyle:
    """How one model is drawn everywhere.

    Attributes:
        colour: hexadecimal RGB.
        pattern: Plotly's name of a fill pattern, empty for plain; tells models apart once the
            colours are used up.
    """

    colour: str
    pattern: str = ""


def model_styles(cards: Iterable[ModelCard]) -> dict[str, ModelStyle]:
    """A fixed style for each installed model.

    Args:
        cards: of all installed models, not only of those drawn.

    Returns:
        Styles by id, given out first to the models made for use and data set by data set: models
        that can be compared get different colours, and plain ones, as long as there are any.
    """
    styles = [ModelStyle(c, pattern) for pattern in MODEL_PATTERNS for c in MODEL_COLOURS]
    ordered = sorted(cards, key=lambda card: (card.study_row is not None, card.dataset.id, card.id))
    return {card.id: styles[position % len(styles)] for position, card in enumerate(ordered)}


def class_colours(classes: ClassSet) -> dict[str, str]:
    """Benign classes in blue-green, malignant ones from ochre to vermilion, in class order.

    Returns:
        Hexadecimal RGB by class name. A single malignant class is vermilion.
    """
    malignant = [name for name in classes.names if name in classes.malignant]
    benign = [name for name in classes.names if name not in classes.malignant]
    warm = _between(OCHRE, VERMILION, len(malignant)) if len(malignant) > 1 else [VERMILION]
    cool = _between(BLUE_GREEN, SKY_BLUE, len(benign)) if len(benign) > 1 else [BLUE_GREEN]
    return dict(zip(malignant + benign, warm + cool, strict=True))


def _between(first: str, last: str, steps: int) -> list[str]:
    """``steps`` colours evenly from first to last, both included."""
    start, stop = _channels(first), _channels(last)
    colours = []
    for step in range(steps):
        share = step / (steps - 1)
        mixed = [round(a + (b - a) * share) for a, b in zip(start, stop, strict=True)]
        colours.append("#" + "".join(f"{channel:02X}" for channel in mixed))
    return colours


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
