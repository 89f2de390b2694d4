"""Predictions on held-out pictures, through the same path as the application's."""

from collections.abc import Iterator, Sequence

import numpy as np

from leuko.data.dataset import Sample
from leuko.evaluation.predictions import Predictions
from leuko.imaging.decoding.decode import read_picture
from leuko.inference.classifier import DEFAULT_BATCH, Classifier


def predict_held_out(
    classifier: Classifier, samples: Sequence[Sample], batch: int = DEFAULT_BATCH
) -> Predictions:
    """Class probabilities of labelled pictures.

    Args:
        classifier: the model; its temperature is applied.
        samples: pictures that the model was not trained on.
        batch: pictures that share one pass and are in memory together.

    Raises:
        ImageError: when a picture cannot be read.
    """
    rows = list(_rows(classifier, samples, batch))
    return Predictions(
        image_ids=tuple(sample.image_id for sample in samples),
        group_ids=tuple(sample.group for sample in samples),
        labels=tuple(sample.label for sample in samples),
        probabilities=np.array(rows, dtype=np.float64),
        classes=classifier.card.class_set,
    )


def _rows(classifier: Classifier, samples: Sequence[Sample], batch: int) -> Iterator[list[float]]:
    for start in range(0, len(samples), batch):
        pictures = [read_picture(s.path).pixels for s in samples[start : start + batch]]
        for result in classifier.classify(pictures, batch, cells=False):
            yield list(result.probabilities.values())
