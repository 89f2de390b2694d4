"""Predictions on held-out pictures, through the same path as the application's."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from leuko.data.dataset import Sample
from leuko.evaluation.predictions import Predictions
from leuko.inference.classifier import DEFAULT_BATCH, Classifier
from leuko.inference.samples import prepared_samples


def predict_held_out(
    classifier: Classifier, samples: Sequence[Sample], batch: int = DEFAULT_BATCH
) -> Predictions:
    """Class probabilities of labelled pictures.

    Args:
        classifier: the model; its temperature is applied.
        samples: pictures that the model was not trained on, labelled with its classes.
        batch: pictures that share one pass and are in memory together.

    Raises:
        ImageError: when a picture cannot be read.
    """
    rows = list(probabilities_of(classifier, samples, batch))
    return Predictions(
        image_ids=tuple(sample.image_id for sample in samples),
        group_ids=tuple(sample.group for sample in samples),
        labels=tuple(sample.label for sample in samples),
        probabilities=np.array(rows, dtype=np.float64),
        classes=classifier.card.class_set,
    )


def probabilities_of(
    classifier: Classifier, samples: Sequence[Sample], batch: int = DEFAULT_BATCH
) -> Iterator[list[float]]:
    """Class probabilities of pictures or of cells in them, in their order.

    Raises:
        ImageError: when a picture cannot be read.
    """
    prepared = prepared_samples(samples, classifier.preparation)
    while chunk := list(islice(prepared, batch)):
        for result in classifier.classify_prepared(chunk):
            yield list(result.probabilities.values())
