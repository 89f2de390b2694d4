"""The selected picture of the Compare page: every model's answer and heatmap side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from leuko.decision.verdict import REFER, Verdict
from leuko.errors import PredictionsError
from leuko.inference.heatmaps.methods import LOGIT_UNITS
from leuko.labels import SplitPolicy, class_title
from leuko.models.store import InstalledModel
from leuko.reporting.charts.palette import NEUTRAL, class_colours
from leuko.ui.compare.grid import show_grid
from leuko.ui.compare.refusal import offer_way_back, show_refusal
from leuko.ui.compare.state import CompareState, compare_state
from leuko.ui.compare.wording import agreement_sentence
from leuko.ui.picture.preview import picture_preview
from leuko.ui.picture.steps import show_steps
from leuko.ui.picture.verdict import reasons_in_words, suggestion_of
from leuko.ui.picture.viewer import colour_stops, heat_layer, unread_areas
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import load_headline
from leuko.ui.state.session import session
from leuko.ui.state.thresholds import threshold_in_force, threshold_words
from leuko.workbench.comparison import CompareRow, known_classes
from leuko.workbench.formatting import probability_text

if TYPE_CHECKING:
    from leuko.inference.result import Result
    from leuko.ui.compare.grid import BarData, ModelData

OWN_SUGGESTION = ""


def selected_row(rows: Sequence[CompareRow]) -> CompareRow:
    """The picture shown in full: the one chosen, else the first that has an answer."""
    selected = session().selected
    chosen = [row for row in rows if row.item.number == selected]
    return next(iter([*chosen, *(row for row in rows if row.given), rows[0]]))


def show_selected(
    rows: Sequence[CompareRow],
    row: CompareRow,
    models: Sequence[InstalledModel],
    names: Sequence[str],
) -> None:
    """One picture beside every model's answer; buttons or J and K move on."""
    _show_heading(rows, row, models)
    if row.item.error is not None:
        st.info("This file could not be read; the reason stands below.")
        return
    if not row.given:
        st.info("This image waits for its turn.")
        return
    if row.refusal is not None:
        show_refusal(row.item, row.refusal, models)
        return
    st.markdown(plain(agreement_sentence(row, names)))
    offer_way_back(row, models)
    asked = compare_state().asked
    width, height = row.item.size_px or (1, 1)
    show_grid(
        {
            "id": f"{row.item.number}",
            "picture": picture_preview(row.item.sha256, row.item.data, row.item.name),
            "width": width,
            "height": height,
            "stops": colour_stops(),
            "models": [
                _model_data(model, answer, row.verdict(place), asked)
                for place, (model, answer) in enumerate(zip(models, row.answers, strict=True))
            ],
        },
        key="leuko_compare_grid",
    )


def _show_heading(
    rows: Sequence[CompareRow], row: CompareRow, models: Sequence[InstalledModel]
) -> None:
    name, choice, before, after = st.columns([4, 3.2, 1.3, 1.3], vertical_alignment="center")
    position = rows.index(row)
    name.markdown(f"{position + 1} of {len(rows)} · **{plain(row.item.name)}**")
    with choice:
        _choose_class(compare_state(), models)
    numbers = [each.item.number for each in rows]
    show_steps(numbers, position, (before, after), "leuko_compare")


def _choose_class(state: CompareState, models: Sequence[InstalledModel]) -> None:
    options = [OWN_SUGGESTION, *known_classes([model.card for model in models])]
    key = "leuko_compare_class_" + "_".join(options)
    if key not in st.session_state:
        st.session_state[key] = state.asked if state.asked in options else OWN_SUGGESTION
    chosen = st.selectbox(
        "Heatmap for",
        options,
        format_func=lambda name: f"Heatmap for {class_title(name) or 'what each model suggests'}",
        label_visibility="collapsed",
        key=key,
    )
    state.asked = chosen or None


def _model_data(
    model: InstalledModel, answer: "Result | None", told: Verdict | None, asked: str | None
) -> "ModelData":
    data: ModelData = {
        "title": model.card.title,
        "figures": held_out_lines(model),
        "suggestion": "waiting",
        "decision": "",
        "reasons": [],
        "bars": [],
        "heat": None,
        "caption": "",
        "notice": "This image waits for this model.",
        "peak": "",
        "unread": [],
    }
    if answer is None:
        return data
    label = asked or shown_first(answer, told)
    title = class_title(label)
    known = label in answer.probabilities
    evidence = known and answer.has_evidence(label)
    data["suggestion"] = suggestion_words(answer, told)
    data["decision"] = decision_words(told)
    data["reasons"] = reasons_of(told)
    data["bars"] = bars_of(model, answer)
    data["caption"] = f"Grad-CAM: evidence for {title}"
    data["notice"] = notice_of(answer, label)
    data["unread"] = unread_areas(model.card.input.steps, answer.read_area())
    if evidence:
        data["heat"] = heat_layer(answer.heat(label))
        data["peak"] = f"maximum: {peak_words(answer, label)}"
    return data


def shown_first(answer: "Result", told: Verdict | None) -> str:
    """The class whose evidence is shown where no class was asked for."""
    return told.shown_first if told is not None else answer.label


def suggestion_words(answer: "Result", told: Verdict | None) -> str:
    """Suggested class and its probability, or the classes of the prediction set."""
    if told is not None:
        return suggestion_of(told)[0]
    share = probability_text(answer.probabilities[answer.label])
    return f"{class_title(answer.label)}, {share}"


def decision_words(told: Verdict | None) -> str:
    """That a person has to decide; empty where the model answers by itself."""
    if told is None or not told.deferred:
        return ""
    anyway = "Picture of another kind, read anyway. " if told.used_anyway else ""
    return f"{anyway}{REFER.capitalize()}."


def reasons_of(told: Verdict | None) -> list[str]:
    """Why a person has to decide, one sentence each."""
    if told is None or not told.deferred:
        return []
    promise = suggestion_of(told)[1]
    return [*([f"{promise[0].upper()}{promise[1:]}."] if promise else []), *reasons_in_words(told)]


def notice_of(answer: "Result", label: str) -> str:
    """Why there is no heatmap for a class; empty where there is one."""
    title = class_title(label)
    if label not in answer.probabilities:
        return f"This model does not know the class {title}."
    return "" if answer.has_evidence(label) else f"No positive evidence for {title}."


def peak_words(answer: "Result", label: str) -> str:
    """Strength of a heatmap's hot end."""
    return f"{answer.peak(label):.2f} {LOGIT_UNITS}"


def bars_of(model: InstalledModel, answer: "Result") -> "list[BarData]":
    """P(malignant) where several classes make it up, and every class."""
    bars: list[BarData] = []
    if len(model.card.malignant) > 1:
        bars.append(_bar("P(malignant)", answer.malignant_probability, NEUTRAL))
    colours = class_colours(model.card.class_set)
    bars += [
        _bar(class_title(name), value, colours[name])
        for name, value in answer.probabilities.items()
    ]
    return bars


def _bar(title: str, share: float, colour: str) -> "BarData":
    return {"title": title, "text": probability_text(share), "share": share, "colour": colour}


def held_out_lines(model: InstalledModel) -> list[str]:
    """How far the model may be trusted: what Diagnose shows in its sidebar."""
    card = model.card
    try:
        figures = load_headline(model, threshold_in_force(card))
    except PredictionsError:
        return ["No held-out results: nothing is known of its errors."]
    split = "random split" if card.split.policy == SplitPolicy.PAPER else "grouped split"
    return [
        f"{figures.n:,} unseen pictures, {split}:",
        f"balanced accuracy {figures.balanced_accuracy.text(figures.digits)}",
        f"sensitivity {figures.sensitivity.text(figures.digits)}",
        f"specificity {figures.specificity.text(figures.digits)}",
        f"at {threshold_words(card)}",
    ]
