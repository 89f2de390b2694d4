"""Where to set the decision threshold of a model."""

from collections.abc import Sequence

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.threshold.operating_point import observed_prevalence
from leuko.reporting.charts.palette import NEUTRAL
from leuko.reporting.charts.threshold import Mark, threshold_figure
from leuko.reporting.text.definitions import threshold_definitions
from leuko.statistics.estimate import IntervalMethod
from leuko.ui.performance.model.page import CHOSEN
from leuko.ui.performance.threshold.cache import measured_curve, measured_point
from leuko.ui.performance.threshold.point import curve_table, point_table, show_cells, show_words
from leuko.ui.performance.threshold.target import Validation, load_validation_of, show_targets
from leuko.ui.shell.error_boundary import guarded
from leuko.ui.shell.escape import plain
from leuko.ui.state import thresholds
from leuko.ui.state.results import ModelResults, load_predictions
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads
from leuko.ui.widgets.tables import definition_table
from leuko.workbench.formatting import threshold_text

LOOKED_AT = "performance_threshold_looked_at"  # by model id; outlives a visit to another page
PREVALENCE = "performance_prevalence_chosen"  # likewise, per cent
LEAST_PERCENT, MOST_PERCENT = 0.1, 99.9


def show(results: Sequence[ModelResults]) -> None:
    """Let the user pick a model, look at thresholds, and keep one for Diagnose."""
    st.subheader("Threshold")
    st.caption(
        "An image whose P(malignant) reaches the threshold is suggested malignant. A lower "
        "threshold misses fewer malignant images and raises more false alarms."
    )
    chosen = _choose_model(results)
    if chosen.summary is None:
        st.warning(plain(chosen.problem))
        return
    try:
        predictions = load_predictions(chosen)
    except PredictionsError as problem:
        st.warning(plain(str(problem)))
        return
    _explore(chosen, predictions, load_validation_of(chosen.model))
    _show_definitions()


def _show_definitions() -> None:
    with st.expander("Definitions and sources"):
        st.table(definition_table(threshold_definitions()).set_index("Figure"))


def _choose_model(results: Sequence[ModelResults]) -> ModelResults:
    by_id = {each.model.id: each for each in results}
    ids, before = list(by_id), st.session_state.get(CHOSEN)
    chosen = st.selectbox(
        "Model",
        ids,
        index=ids.index(before) if before in by_id else 0,
        format_func=lambda model_id: by_id[model_id].model.card.title,
        key="performance_threshold_model",
        label_visibility="collapsed",
    )
    st.session_state[CHOSEN] = chosen
    return by_id[chosen]


@st.fragment
def _explore(results: ModelResults, predictions: Predictions, validation: Validation) -> None:
    """Everything that follows the slider; only this part of the page runs again when it moves."""
    with guarded():
        downloads = Downloads("threshold")
        threshold, prevalence = _choose_threshold(results, predictions)
        point = measured_point(predictions, threshold, prevalence)
        show_cells(point)
        show_words(point)
        downloads.table("Figures at the threshold", point_table(point))
        _offer_to_keep(results, threshold)
        chart, targets = st.columns([3, 2], gap="large")
        with targets:
            suggested = show_targets(results.model, predictions, validation, downloads, _look_at)
        with chart:
            _show_chart(results, predictions, threshold, suggested, downloads)
        downloads.offer()


def _choose_threshold(results: ModelResults, predictions: Predictions) -> tuple[float, float]:
    """Slider and prevalence; the threshold may be finer than a step of the slider."""
    card = results.model.card
    threshold = _looked_at().setdefault(card.id, thresholds.threshold_in_force(card))
    slider = _slider_key(card.id)
    if slider not in st.session_state:
        st.session_state[slider] = round(threshold, 2)
    left, right = st.columns([3, 1], gap="large")
    left.slider(
        "Threshold on P(malignant)", 0.0, 1.0, step=0.01, key=slider,
        on_change=_follow_slider, args=[card.id],
    )  # fmt: skip
    if threshold != st.session_state[slider]:
        left.caption(f"Exactly {plain(threshold_text(threshold))}.")
    with right:
        prevalence = _choose_prevalence(card.id, predictions)
    return threshold, prevalence


def _choose_prevalence(model_id: str, predictions: Predictions) -> float:
    observed = observed_prevalence(predictions)
    default = min(max(round(100 * observed, 1), LEAST_PERCENT), MOST_PERCENT)
    kept: dict[str, float] = st.session_state.setdefault(PREVALENCE, {})
    key = f"performance_prevalence_{model_id}"
    if key not in st.session_state:
        st.session_state[key] = kept.get(model_id, default)
    percent = st.number_input(
        "Malignant among your images, %", LEAST_PERCENT, MOST_PERCENT, step=1.0, format="%.1f",
        key=key,
        help="Share of malignant images (prevalence) where you work. Sensitivity and specificity "
        "do not depend on it, the predictive values do.",
    )  # fmt: skip
    kept[model_id] = percent
    st.caption(f"{default:g} % in the test set")
    return observed if percent == default and 0 < observed < 1 else percent / 100


def _looked_at() -> dict[str, float]:
    found: dict[str, float] = st.session_state.setdefault(LOOKED_AT, {})
    return found


def _slider_key(model_id: str) -> str:
    return f"performance_threshold_{model_id}"


def _follow_slider(model_id: str) -> None:
    _looked_at()[model_id] = round(st.session_state[_slider_key(model_id)], 2)


def _look_at(model_id: str, threshold: float) -> None:
    """Move the slider; callable before the widget is drawn again."""
    _looked_at()[model_id] = threshold
    st.session_state[_slider_key(model_id)] = round(threshold, 2)


def _offer_to_keep(results: ModelResults, threshold: float) -> None:
    card = results.model.card
    if not (results.model.has_weights and card.input.kind.is_blood):
        st.caption("This model cannot be chosen on Diagnose, so no threshold is kept for it.")
        return
    in_force = thresholds.threshold_in_force(card)
    words = thresholds.threshold_words(card)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Use this threshold on Diagnose in this session",
            key="performance_threshold_keep",
            disabled=threshold == in_force,
            on_click=thresholds.keep_threshold,
            args=[card, threshold],
        )
        st.button(
            "Back to the model's own threshold",
            key="performance_threshold_own",
            disabled=not thresholds.is_set_by_user(card),
            on_click=_back_to_own,
            args=[results],
        )
        st.markdown(plain(f"Diagnose: {words}."), width="content")
    st.caption(
        "A threshold that is picked because its test figures look good will do a little worse on "
        "new images; one suggested by validation images is tested fairly here."
    )


def _back_to_own(results: ModelResults) -> None:
    card = results.model.card
    thresholds.forget_threshold(card)
    _look_at(card.id, card.decision_threshold)


def _show_chart(
    results: ModelResults,
    predictions: Predictions,
    threshold: float,
    suggested: float | None,
    downloads: Downloads,
) -> None:
    card = results.model.card
    text = threshold_text
    marks = [
        Mark(f"shown {text(threshold)}", threshold, results.style.colour, "solid", 3),
        Mark(f"model's own {text(card.decision_threshold)}", card.decision_threshold, NEUTRAL),
    ]
    if suggested is not None:
        marks.append(Mark(f"suggested {text(suggested)}", suggested, NEUTRAL, "dot", 2))
    curve, histogram = measured_curve(predictions)
    st.markdown("**Sensitivity and specificity against the threshold**, on the test set")
    draw(
        threshold_figure(curve, histogram, marks),
        f"performance_threshold_chart_{card.id}",
        "Sensitivity and specificity against the threshold",
        downloads,
    )
    agreed = any(
        estimate.interval is IntervalMethod.WILSON_BY_UNIT
        for estimate in (*curve.sensitivity, *curve.specificity)
    )
    st.caption(
        "Bands: 95 % intervals, each for one threshold on its own. "
        + ("They widen where all groups agree: each then counts as one trial. " if agreed else "")
        + "Below: scores of the malignant test images upwards, of the benign ones downwards."
    )
    downloads.table("Rates at every threshold", curve_table(curve))
