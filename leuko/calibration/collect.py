"""Look at pictures once, for all gates together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leuko.data.dataset import Sample
from leuko.errors import ImageError
from leuko.evaluation.predictions import Predictions
from leuko.imaging.decoding.decode import read_picture
from leuko.imaging.picture import PASS_BYTES, Picture, passes
from leuko.inference.classifier import DEFAULT_BATCH, Classifier
from leuko.inspection.kind.classify import KindGuess, recognise_kind
from leuko.inspection.quality.measures import QualityMeasures, measure_quality

OUT_OF_DISTRIBUTION_PICTURES = 200
"""Pictures of another data set that are looked at."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Seen:
    """What is known about pictures after one pass.

    Attributes:
        predictions: at the card's temperature.
        pooled: float32 (n, C), means of their feature maps.
        quality: measures of each; empty where nobody asked.
        kinds: guess of each; empty where nobody asked.
    """

    predictions: Predictions
    pooled: NDArray[np.float32]
    quality: tuple[QualityMeasures, ...]
    kinds: tuple[KindGuess, ...]


class Look:
    """Looks at pictures, a batch at a time."""

    def __init__(self, classifier: Classifier, progress: Progress) -> None:
        self._classifier, self._progress = classifier, progress

    def at(
        self, what: str, samples: Sequence[Sample], *, quality: bool = False, kinds: bool = False
    ) -> Seen:
        """What is to be known of labelled pictures.

        Args:
            what: for whoever watches the progress.
            samples: at least one.
            quality: measure the quality of each.
            kinds: recognise the kind of each.
        """
        probabilities, pooled = [], []
        measures: list[QualityMeasures] = []
        guesses: list[KindGuess] = []
        for pictures in self._batches(what, [sample.path for sample in samples]):
            found = self._classifier.features(pictures)
            probabilities.append(found.probabilities)
            pooled.append(found.pooled)
            measured = [measure_quality(pixels) for pixels in pictures if quality or kinds]
            measures += measured if quality else []
            if kinds:
                guesses += [
                    recognise_kind(pixels, quality=one)
                    for pixels, one in zip(pictures, measured, strict=True)
                ]
        predictions = Predictions(
            image_ids=tuple(sample.image_id for sample in samples),
            group_ids=tuple(sample.group for sample in samples),
            labels=tuple(sample.label for sample in samples),
            probabilities=np.concatenate(probabilities),
            classes=self._classifier.card.class_set,
        )
        return Seen(predictions, np.concatenate(pooled), tuple(measures), tuple(guesses))

    def out_of_distribution(
        self, sources: Mapping[str, Sequence[Path]]
    ) -> Iterator[tuple[str, NDArray[np.float32]]]:
        """Title and pooled features (m, C) of each other data set."""
        for title, paths in sources.items():
            chosen = _spread(paths)
            batches = self._batches(title, chosen, skip_unreadable=True)
            parts = [self._classifier.features(p).pooled for p in batches if p]
            if parts:
                yield title, np.concatenate(parts)

    def _batches(
        self, what: str, paths: Sequence[Path], *, skip_unreadable: bool = False
    ) -> Iterator[list[NDArray[np.uint8]]]:
        done = 0
        for pictures in passes(_pictures(paths, skip=skip_unreadable), DEFAULT_BATCH, PASS_BYTES):
            self._progress(what, done, len(paths))
            yield [picture.pixels for picture in pictures]
            done += len(pictures)
        self._progress(what, len(paths), len(paths))


def _pictures(paths: Sequence[Path], *, skip: bool) -> Iterator[Picture]:
    """Pictures one at a time.

    Of other data sets, which only stand for what else there is, some may be left out.
    """
    for path in paths:
        try:
            picture = read_picture(path)
        except ImageError:
            if not skip:
                raise
            continue
        yield picture


def _spread(paths: Sequence[Path]) -> list[Path]:
    """At most ``OUT_OF_DISTRIBUTION_PICTURES``, evenly spread over a sorted list."""
    if len(paths) <= OUT_OF_DISTRIBUTION_PICTURES:
        return list(paths)
    places = np.linspace(0, len(paths) - 1, OUT_OF_DISTRIBUTION_PICTURES).round().astype(int)
    return [paths[place] for place in places]
