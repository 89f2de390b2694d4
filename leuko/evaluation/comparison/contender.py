"""Which models were tested on the same images, and their answers in the same order."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leuko.arrays import Booleans, Integers
from leuko.evaluation.predictions import Predictions


@dataclass(frozen=True, eq=False)
class Contender:
    """One model's answers on its test images, ready to stand beside another's.

    Attributes:
        predictions: checked predictions, rows ordered by image id; see :func:`contender`.
        threshold: P(malignant) at or above which the model suggests malignant.
        dataset: identifier of the data set; images of other data sets are other images, even
            under equal names.
    """

    predictions: Predictions
    threshold: float
    dataset: str = ""

    @cached_property
    def suggests_malignant(self) -> Booleans:
        """Whether P(malignant) reaches the threshold, bool (n,)."""
        return np.asarray(self.predictions.malignant_probability >= self.threshold)

    @cached_property
    def right_side(self) -> Booleans:
        """Whether malignant against benign is right, bool (n,)."""
        return np.asarray(self.suggests_malignant == self.predictions.is_malignant)

    @cached_property
    def suggested(self) -> Integers:
        """Position of the suggested class, int64 (n,)."""
        return self.predictions.suggested_indices(self.threshold)

    @cached_property
    def right_class(self) -> Booleans:
        """Whether the suggested class is the true one, bool (n,)."""
        return np.asarray(self.suggested == self.predictions.label_indices)

    @cached_property
    def suggested_names(self) -> tuple[str, ...]:
        """Name of the suggested class of each image."""
        return tuple(self.predictions.classes.names[index] for index in self.suggested)

    @cached_property
    def test_set(self) -> str:
        """Hash of data set, images, their groups and sides; equal hashes can be paired."""
        found = hashlib.sha256(repr(self.dataset).encode())
        of_all = self.predictions
        for row in zip(of_all.image_ids, of_all.group_ids, of_all.is_malignant, strict=True):
            found.update(repr((row[0], row[1], bool(row[2]))).encode())
        return found.hexdigest()


def contender(predictions: Predictions, threshold: float, dataset: str = "") -> Contender:
    """Order the rows by image id, so that two tables in different orders meet image by image.

    Args:
        predictions: checked predictions in any order.
        threshold: P(malignant) at or above which the model suggests malignant, in [0, 1].
        dataset: identifier of the data set.
    """
    order = sorted(range(predictions.n), key=predictions.image_ids.__getitem__)
    in_order = Predictions(
        image_ids=tuple(predictions.image_ids[row] for row in order),
        group_ids=tuple(predictions.group_ids[row] for row in order),
        labels=tuple(predictions.labels[row] for row in order),
        probabilities=predictions.probabilities[order],
        classes=predictions.classes,
    )
    return Contender(in_order, threshold, dataset)


def same_classes(first: Contender, second: Contender) -> bool:
    """Whether both models know the same classes, in any order, the same ones malignant."""
    a, b = first.predictions.classes, second.predictions.classes
    return set(a.names) == set(b.names) and a.malignant == b.malignant


def why_not_paired(first: Contender, second: Contender) -> str:
    """Why two models cannot be compared image by image.

    Returns:
        A clause to follow "because", such as "they share 61 of 612 and 600 test images"; empty
        when paired tests are possible. Truth that differs is named with the first image at fault.
    """
    if first.dataset != second.dataset:
        return "they were tested on images of different data sets"
    a, b = first.predictions, second.predictions
    if a.image_ids != b.image_ids:  # both in the same order
        shared = len(set(a.image_ids) & set(b.image_ids))
        return f"they share {shared or 'none'} of {a.n:,} and {b.n:,} test images"
    differ = np.flatnonzero(a.is_malignant != b.is_malignant)
    if differ.size:
        row = int(differ[0])
        sides = ("malignant", "benign") if a.is_malignant[row] else ("benign", "malignant")
        return (
            f"image '{a.image_ids[row]}' is {sides[0]} in the first table and {sides[1]} in the "
            "second; correct the label that is wrong"
        )
    pairs = [("group", a.group_ids, b.group_ids)]
    if same_classes(first, second):
        pairs.insert(0, ("class", a.labels, b.labels))
    for what, ones, others in pairs:
        if ones == others:
            continue
        for image, here, there in zip(a.image_ids, ones, others, strict=True):
            if here != there:
                return (
                    f"image '{image}' has the {what} '{here}' in the first table and '{there}' in "
                    "the second; evaluate both models on the same data"
                )
    return ""
