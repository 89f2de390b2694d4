"""Thresholds that reach a target on validation images, and what they give on the test set."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.threshold.operating_point import OperatingPoint
from leuko.evaluation.threshold.targets import Goal, Target, ThresholdSuggestion
from leuko.models.store import InstalledModel
from leuko.statistics.estimate import Estimate, supported_digits
from leuko.ui.performance.threshold.cache import measured_point, solved
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import load_validation
from leuko.ui.widgets.downloads import Downloads
from leuko.workbench.formatting import threshold_text

if TYPE_CHECKING:
    import pandas as pd

GOAL_WORDS = {
    Goal.SENSITIVITY: "Sensitivity at least",
    Goal.SPECIFICITY: "Specificity at least",
    Goal.YOUDEN: "Largest Youden index",
}
FIRST_PERCENT = 95.0
GOAL = "performance_goal_chosen"  # these three outlive a visit to another page
PERCENT = "performance_goal_percent_chosen"
BY_LIMIT = "performance_goal_by_limit_chosen"


@dataclass(frozen=True)
class Validation:
    """Validation images of a model.

    Attributes:
        predictions: on them, or None.
        problem: why there are none, in Markdown; empty when there are.
    """

    predictions: Predictions | None
    problem: str = ""


def load_validation_of(model: InstalledModel) -> Validation:
    """Validation predictions, or a sentence on what makes them."""
    try:
        found = load_validation(model)
    except PredictionsError as problem:
        return Validation(None, plain(str(problem)))
    if found is not None:
        return Validation(found)
    return Validation(
        None,
        "This model has no validation predictions, and thresholds are never suggested from the "
        f"test set. Write them with `python -m leuko evaluate {model.id} --data FOLDER "
        "--write-validation`.",
    )


def show_targets(
    model: InstalledModel,
    test: Predictions,
    validation: Validation,
    downloads: Downloads,
    look_at: Callable[[str, float], None],
) -> float | None:
    """Ask for a target, solve it on validation images, and test the answer.

    Args:
        model: the model.
        test: its held-out predictions.
        validation: its validation predictions.
        downloads: where the table is also offered.
        look_at: moves the slider of a model to a threshold.

    Returns:
        The suggested threshold, or None.
    """
    st.markdown("**Suggested by validation images**")
    if validation.predictions is None:
        st.info(validation.problem)
        return None
    found = solved(validation.predictions, _choose_target())
    if found.cautions:
        st.warning(plain(" ".join(found.cautions)))
    if found.threshold is None or found.rounded is None:
        st.info(plain(" ".join(found.remarks)))
        return None
    st.markdown(_sentence(found))
    # a prevalence is needed for predictive values only, and none of them is shown here
    on_test = measured_point(test, found.rounded, 0.5)
    frame = suggestion_table(found, on_test, validation.predictions, test)
    st.dataframe(
        frame,
        key=f"performance_suggestion_{model.id}",
        hide_index=True,
        width="stretch",
        column_config={
            name: st.column_config.TextColumn(alignment="right") for name in frame.columns[1:]
        },
    )
    downloads.table("Suggested threshold", _with_threshold(frame, found))
    if found.target.goal is not Goal.YOUDEN:
        st.markdown(plain(target_sentence(found.target, on_test)))
    st.caption(
        plain(
            " ".join(
                (
                    *found.remarks,
                    "Validation images also chose the epoch whose weights were kept, so the "
                    "figures on them are a little too good; those on the test set are not.",
                )
            )
        )
    )
    st.button(
        "Move the slider there",
        key="performance_threshold_take",
        on_click=look_at,
        args=[model.id, found.rounded],
    )
    return found.rounded


def _choose_target() -> Target:
    goals = list(GOAL_WORDS)
    goal = Goal(
        st.radio(
            "Target",
            goals,
            index=goals.index(st.session_state.get(GOAL, goals[0])),
            format_func=lambda goal: GOAL_WORDS[goal],
            key="performance_goal",
            label_visibility="collapsed",
        )
    )
    st.session_state[GOAL] = goal
    if goal is Goal.YOUDEN:
        return Target(goal)
    percent = st.number_input(
        "Target, %",
        1.0,
        100.0,
        value=st.session_state.get(PERCENT, FIRST_PERCENT),
        step=1.0,
        format="%.1f",
        key="performance_goal_percent",
    )
    by_limit = st.checkbox(
        "Its lower 95 % limit must reach the target",
        value=st.session_state.get(BY_LIMIT, False),
        key="performance_goal_by_limit",
        help="Stricter: the validation images must not only show the rate but also rule out, at "
        "the 95 % level, that it is lower.",
    )
    st.session_state[PERCENT], st.session_state[BY_LIMIT] = percent, by_limit
    return Target(goal, percent / 100, by_limit)


def _sentence(found: ThresholdSuggestion) -> str:
    target = found.target
    shown = f"**{plain(threshold_text(found.rounded or 0.0))}**"
    if target.goal is Goal.YOUDEN:
        return f"{shown} gives the largest sensitivity + specificity − 1 on the validation images."
    end = "highest" if target.goal is Goal.SENSITIVITY else "lowest"
    what = f"the lower 95 % limit of {target.goal}" if target.by_lower_limit else str(target.goal)
    return (
        f"{shown} is the {end} threshold at which {what} on the validation images is at "
        f"least {plain(f'{target.at_least:g}')}."
    )


def target_sentence(target: Target, on_test: OperatingPoint) -> str:
    """Whether the test images bear a target rate out, in a sentence."""
    rate: Estimate = getattr(on_test, str(target.goal))
    text = f"On the test set {target.goal} is {rate.text(on_test.digits)}"
    aim = f"{target.at_least:g}"
    if rate.value is None or rate.low is None or rate.high is None:
        return f"{text}: whether it reaches {aim} cannot be told."
    if target.by_lower_limit:
        reached = "reaches" if rate.low >= target.at_least else "does not reach"
        return f"{text}: the lower limit {reached} {aim}."
    if rate.high < target.at_least:
        return f"{text}: the whole interval lies below the target {aim}."
    if rate.low > target.at_least:
        return f"{text}: the whole interval lies above the target {aim}."
    return f"{text}: the interval includes the target {aim}."


def suggestion_table(
    found: ThresholdSuggestion, on_test: OperatingPoint, validation: Predictions, test: Predictions
) -> "pd.DataFrame":
    """Both rates at the suggested threshold, on either set."""
    import pandas as pd

    units = validation.n_groups if validation.has_groups else validation.n
    rows = (
        ("Validation", validation, found.sensitivity, found.specificity, supported_digits(units)),
        ("Test", test, on_test.sensitivity, on_test.specificity, on_test.digits),
    )
    return pd.DataFrame(
        [
            {
                "Set": name,
                "Malignant": int(images.is_malignant.sum()),
                "Benign": int((~images.is_malignant).sum()),
                "Sensitivity": sensitivity.text(digits) if sensitivity else "",
                "Specificity": specificity.text(digits) if specificity else "",
            }
            for name, images, sensitivity, specificity, digits in rows
        ]
    )


def _with_threshold(frame: "pd.DataFrame", found: ThresholdSuggestion) -> "pd.DataFrame":
    target = found.target
    asked = GOAL_WORDS[target.goal]
    if target.goal is not Goal.YOUDEN:
        asked += f" {target.at_least:g}" + (" by lower limit" if target.by_lower_limit else "")
    return frame.assign(Target=asked, Threshold=found.rounded, Exactly=found.threshold)
