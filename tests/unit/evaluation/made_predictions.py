"""Predictions made for tests: by hand, or at random from a seed."""

import numpy as np

from leuko.evaluation.predictions import Predictions
from leuko.labels import ClassSet

TWO = ClassSet(("HEM", "ALL"), frozenset({"ALL"}))
FOUR = ClassSet(("Benign", "Early", "Pre", "Pro"), frozenset({"Early", "Pre", "Pro"}))


def binary(labels, malignant_probabilities, groups=None):
    """Two-class predictions from labels such as "AH" and P(ALL)."""
    names = tuple({"A": "ALL", "H": "HEM"}[letter] for letter in labels)
    p = np.array(malignant_probabilities, dtype=float)
    ids = tuple(f"image {number}" for number in range(len(names)))
    return Predictions(
        ids, tuple(groups) if groups else ids, names, np.column_stack([1 - p, p]), TWO
    )


def random_predictions(classes, n, groups=None, seed=0, strength=1.5):
    """Random predictions that are right more often than not; ``groups`` groups of like images."""
    generator = np.random.default_rng(seed)
    k = len(classes.names)
    truth = generator.integers(0, k, n)
    truth[:k] = np.arange(k)
    logits = generator.normal(size=(n, k))
    logits[np.arange(n), truth] += strength
    ids = tuple(f"image {number}" for number in range(n))
    group_ids = ids
    if groups is not None:
        member = generator.integers(0, groups, n)
        logits += generator.normal(scale=1.5, size=(groups, k))[member]
        group_ids = tuple(f"group {number}" for number in member)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = tuple(classes.names[index] for index in truth)
    return Predictions(ids, group_ids, labels, probabilities, classes)
