from dataclasses import fields

import numpy as np
import pytest

from leuko.inference.result import Result
from leuko.labels import ClassSet

FOUR = ClassSet(("Benign", "Early", "Pre", "Pro"), frozenset({"Early", "Pre", "Pro"}))


@pytest.fixture
def result():
    """P(malignant) 0.6 in three parts, of which none is as probable as Benign."""
    return Result(
        model_id="made",
        label="Pre",
        malignant=True,
        probabilities={"Benign": 0.4, "Early": 0.15, "Pre": 0.25, "Pro": 0.2},
        malignant_probability=0.6,
        evidence=np.ones((4, 7, 7), np.float32),
        side_px=224,
        area=(0, 0, 224, 224),
    )


@pytest.mark.parametrize(
    ("threshold", "label"), [(0.0, "Pre"), (0.5, "Pre"), (0.6, "Pre"), (0.61, "Benign")]
)
def test_a_threshold_decides_the_side_and_the_side_its_most_probable_class(
    result, threshold, label
):
    decided = result.at(FOUR, threshold)
    assert decided.label == label
    assert decided.malignant == (label in FOUR.malignant)


def test_a_threshold_changes_nothing_else(result):
    decided = result.at(FOUR, 0.9)
    for field in fields(Result):
        if field.name not in {"label", "malignant"}:
            assert getattr(decided, field.name) is getattr(result, field.name)
    assert result.label == "Pre"
