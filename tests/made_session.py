"""Results and classifiers for tests of the interface, without a network."""

import numpy as np

from leuko.imaging.preprocessing.prepare import prepare
from leuko.inference.result import Result
from leuko.models.card import read_card
from tests.made_models import make_model_folder


def make_card(root, **changes):
    """The card of a made two-class model with weights."""
    folder = make_model_folder(
        root, "made", classes=("HEM", "ALL"), malignant=("ALL",), weights=True, **changes
    )
    return read_card(folder)


def make_result(card, malignant_probability, evidence=None, side_px=224, area=(0, 0, 224, 224)):
    """A result of a two-class model with a given probability."""
    values = (1 - malignant_probability, malignant_probability)
    suggested = card.class_set.suggest(values, card.decision_threshold)
    maps = np.zeros((2, 7, 7), np.float32) if evidence is None else evidence
    return Result(
        model_id=card.id,
        label=card.classes[suggested],
        malignant=suggested == 1,
        probabilities=dict(zip(card.classes, values, strict=True)),
        malignant_probability=malignant_probability,
        evidence=maps,
        side_px=side_px,
        area=area,
    )


class MadeClassifier:
    """Says how red a picture is; counts the pictures it was shown."""

    def __init__(self, card):
        self.card = card
        self.device = "cpu"
        self.seen = 0

    def classify(self, pictures, batch=16, *, cells=True):
        self.seen += len(pictures)
        results = []
        for pixels in pictures:
            prepared = prepare(pixels, self.card.input.steps)
            evidence = np.ones((2, 7, 7), np.float32)
            red = float(pixels[..., 0].mean()) / 255
            results.append(make_result(self.card, red, evidence, 224, prepared.area))
        return results
