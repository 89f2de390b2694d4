"""The figures at one threshold: in a row, in words, and as a table."""

import html
from typing import TYPE_CHECKING

import streamlit as st

from leuko.evaluation.threshold.curve import ThresholdCurve
from leuko.evaluation.threshold.operating_point import OperatingPoint, natural_frequencies
from leuko.reporting.tables.metrics import NOTHING
from leuko.statistics.estimate import Estimate
from leuko.ui.shell.escape import plain
from leuko.workbench.formatting import percent_text

if TYPE_CHECKING:
    import pandas as pd


def show_cells(point: OperatingPoint) -> None:
    """Four figures side by side, each with its interval and what stands behind it."""
    share = percent_text(point.prevalence)
    cells = (
        ("Sensitivity", point.sensitivity, _counts(point.sensitivity, "malignant", "found")),
        ("Specificity", point.specificity, _counts(point.specificity, "benign", "cleared")),
        (
            f"PPV at {share} malignant",
            point.positive_predictive_value,
            "of malignant suggestions are right",
        ),
        (
            f"NPV at {share} malignant",
            point.negative_predictive_value,
            "of benign suggestions are right",
        ),
    )
    st.html(
        '<div style="display:grid;gap:.75rem 1.5rem;'
        'grid-template-columns:repeat(auto-fit,minmax(10rem,1fr))">'
        + "".join(_cell(name, estimate, point.digits, words) for name, estimate, words in cells)
        + "</div>"
    )


def _cell(name: str, estimate: Estimate, digits: int, words: str) -> str:
    value, interval = estimate.parts(digits)
    if estimate.value is None:
        value, interval, words = NOTHING, "", estimate.text(digits)
    return (
        f'<div><div style="font-size:.875rem">{html.escape(name)}</div>'
        '<div style="font-variant-numeric:tabular-nums;line-height:1.35">'
        f'<span style="font-size:1.5rem;font-weight:600">{html.escape(value)}</span> '
        f"<span>{html.escape(interval)}</span></div>"
        f'<div style="font-size:.8rem;opacity:.8">{html.escape(words)}</div></div>'
    )


def _counts(estimate: Estimate, side: str, what: str) -> str:
    return f"{estimate.hits} of {estimate.trials} {side} images {what}"


def show_words(point: OperatingPoint) -> None:
    """What happens to 1,000 images, and how the intervals were computed."""
    words = natural_frequencies(point)
    if words is not None:
        st.markdown(
            f"Of {words.images:,} images with {percent_text(point.prevalence)} malignant: "
            f"**{words.found.text} found, {words.missed.text} missed, "
            f"{words.false_alarms.text} false alarms**; {words.cleared.text} rightly suggested "
            "benign."
        )
    st.caption(plain(" ".join(interval_sentences(point))))


def interval_sentences(point: OperatingPoint) -> list[str]:
    """How the 95 % intervals came about, how far they reach, and what carries over."""
    named = _named(point)
    by_method: dict[str, list[str]] = {}
    for name, estimate in named.items():
        if estimate.method:
            by_method.setdefault(estimate.method, []).append(name)
    ways = "; ".join(f"{', '.join(names)} by {method}" for method, names in by_method.items())
    sentences = [f"95 % intervals: {ways}."] if ways else []
    few = [f"{name} ({e.units})" for name, e in named.items() if e.rests_on_few]
    if few:
        sentences.append(
            f"Fewer than ten groups stand behind {', '.join(few)}: the true uncertainty is larger "
            "than the interval shows."
        )
    sentences.append(
        "PPV and NPV follow from sensitivity and specificity by Bayes' theorem, with the "
        "prevalence taken as known and images like those of the test set."
    )
    return sentences


def point_table(point: OperatingPoint) -> "pd.DataFrame":
    """One row a figure."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "figure": name,
                "threshold": point.threshold,
                "prevalence": point.prevalence,
                "value": estimate.value,
                "low_95": estimate.low,
                "high_95": estimate.high,
                "text": estimate.text(point.digits),
                "hits": estimate.hits,
                "trials": estimate.trials,
                "units": estimate.units,
                "interval_by": estimate.method or estimate.reason,
            }
            for name, estimate in _named(point).items()
        ]
    ).astype({"hits": "Int64", "trials": "Int64"})


def curve_table(curve: ThresholdCurve) -> "pd.DataFrame":
    """One row a threshold."""
    import pandas as pd

    return pd.DataFrame(
        {
            "threshold": curve.thresholds,
            **{
                f"{name}{ending}": [getattr(estimate, field) for estimate in estimates]
                for name, estimates in (
                    ("sensitivity", curve.sensitivity),
                    ("specificity", curve.specificity),
                )
                for ending, field in (
                    ("", "value"),
                    ("_low_95", "low"),
                    ("_high_95", "high"),
                    ("_interval_by", "method"),
                )
            },
        }
    )


def _named(point: OperatingPoint) -> dict[str, Estimate]:
    return {
        "sensitivity": point.sensitivity,
        "specificity": point.specificity,
        "PPV": point.positive_predictive_value,
        "NPV": point.negative_predictive_value,
    }
