"""What the Threshold view computes, once for each content of a table of predictions."""

import hashlib
from collections.abc import Callable
from typing import Any

import streamlit as st

from leuko.evaluation.predictions import Predictions
from leuko.evaluation.threshold.curve import (
    ThresholdCurve,
    ThresholdHistogram,
    score_histogram,
    threshold_curve,
)
from leuko.evaluation.threshold.operating_point import OperatingPoint, operating_point
from leuko.evaluation.threshold.targets import Target, ThresholdSuggestion, suggest_threshold

KEPT_CURVES = 64
KEPT_POINTS = 2048


def digest(predictions: Predictions) -> str:
    """Hash of all that a figure depends on."""
    found = hashlib.sha256(predictions.probabilities.tobytes())
    found.update(predictions.label_indices.tobytes())
    found.update(predictions.group_indices.tobytes())
    found.update(repr(predictions.classes.malignant_indices).encode())
    return found.hexdigest()


_BY_CONTENT: dict[str | type[Any], Callable[[Any], Any]] = {Predictions: digest}


@st.cache_data(max_entries=KEPT_POINTS, show_spinner=False, hash_funcs=_BY_CONTENT)
def measured_point(predictions: Predictions, threshold: float, prevalence: float) -> OperatingPoint:
    """The figures at one threshold."""
    return operating_point(predictions, threshold, prevalence)


@st.cache_resource(max_entries=KEPT_CURVES, show_spinner=False, hash_funcs=_BY_CONTENT)
def measured_curve(predictions: Predictions) -> tuple[ThresholdCurve, ThresholdHistogram]:
    """Both rates at every threshold of the slider, and the scores; never to be changed."""
    return threshold_curve(predictions), score_histogram(predictions)


@st.cache_data(max_entries=KEPT_POINTS, show_spinner=False, hash_funcs=_BY_CONTENT)
def solved(validation: Predictions, target: Target) -> ThresholdSuggestion:
    """The threshold that reaches a target on validation images."""
    return suggest_threshold(validation, target)
