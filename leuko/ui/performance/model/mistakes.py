"""The test images that a model got wrong, with heatmaps; needs the data set on this machine."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from leuko.data.dataset import Dataset
from leuko.data.locate import Found, find_pictures
from leuko.data.registry import read_dataset
from leuko.errors import DatasetError
from leuko.evaluation.mistakes import Mistake, mistakes
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.summary import Summary
from leuko.labels import ClassSet, class_title
from leuko.settings import DATA_VARIABLE, load_settings
from leuko.ui.performance.model.mistake import show_mistake, thumbnail_of
from leuko.ui.shell.error_boundary import guarded
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import KEPT_RESULTS, ModelResults, load_predictions

AT_A_TIME = 24
NAMES_SHOWN = 6
ROW_PX = 64
HEADER_PX = 38
ROWS_SHOWN = 6
DATA_SETS_KEPT = 4
PICK_WITH_HEATMAP = "Pick a row to see its image in full with its heatmap."
PICK_WITHOUT = (
    "Pick a row to see its image in full. This folder holds results only, so there is no network "
    "to draw heatmaps."
)


@st.fragment
def show_mistakes(results: ModelResults, summary: Summary) -> None:
    """How many test images the model got wrong and, when asked for, the images themselves.

    A fragment: to pick an image draws this part anew and leaves the charts alone.
    """
    with guarded():
        predictions = load_predictions(results)
        key = (results.predictions_sha256, summary.classes, summary.threshold)
        wrong = _mistakes(key, predictions)
        st.markdown("**Images it got wrong**")
        st.caption(mistakes_sentence(wrong, summary))
        if wrong and st.toggle(
            "Show the images it got wrong", key=f"performance_mistakes_{results.model.id}"
        ):
            _show_images(results, wrong)


@st.cache_resource(max_entries=KEPT_RESULTS, show_spinner=False)
def _mistakes(key: tuple[str, ClassSet, float], _predictions: Predictions) -> tuple[Mistake, ...]:
    return mistakes(_predictions, key[2])


def mistakes_sentence(wrong: Sequence[Mistake], summary: Summary) -> str:
    """How many images were given a wrong class, and how many of them on the wrong side."""
    sides = sum(mistake.wrong_side for mistake in wrong)
    sentence = (
        f"{len(wrong):,} of {summary.n:,} test images were given another class than their own at "
        f"the decision threshold {summary.threshold:.2f}"
    )
    if not wrong or len(summary.classes.names) == 2:  # noqa: PLR2004
        return f"{sentence}."
    return f"{sentence}; {sides:,} of them on the wrong side of malignant against benign."


def _show_images(results: ModelResults, wrong: Sequence[Mistake]) -> None:
    folder = load_settings().data
    title = results.model.card.dataset.title
    if folder is None:
        st.info(
            plain(
                f"The pictures of {title} are not known to this application: set the environment "
                f"variable {DATA_VARIABLE} to the folder that holds the data set and start "
                "it again."
            )
        )
        return
    try:
        dataset = _dataset(results.model.card.dataset.id, folder)
    except DatasetError as problem:
        st.info(plain(f"{title} is not in the folder that {DATA_VARIABLE} names. {problem}"))
        return
    found = find_pictures(dataset, folder, [mistake.image_id for mistake in wrong])
    _show_not_found(found, title)
    there = [mistake for mistake in wrong if mistake.image_id in found.paths]
    if there:
        _show_review(results, there, found)


@st.cache_resource(max_entries=DATA_SETS_KEPT, show_spinner="Reading the data set …")
def _dataset(dataset_id: str, folder: Path) -> Dataset:
    return read_dataset(dataset_id, folder)


def _show_not_found(found: Found, title: str) -> None:
    for names, what in (
        (found.absent, f"are not in {title} on this machine"),
        (found.outside, "are links that lead out of the data set's folder and were not opened"),
    ):
        if names:
            more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
            listed = ", ".join(names[:NAMES_SHOWN]) + more
            st.warning(plain(f"{len(names):,} of these images {what}: {listed}."))


def _show_review(results: ModelResults, there: Sequence[Mistake], found: Found) -> None:
    asked = f"performance_mistakes_shown_{results.model.id}"
    number = min(st.session_state.get(asked, AT_A_TIME), len(there))
    shown = there[:number]
    chosen = _show_table(results, shown, found)
    if number < len(there):
        st.button(
            f"Show {min(AT_A_TIME, len(there) - number)} more of {len(there):,}",
            key=f"{asked}_more",
            on_click=_show_more,
            args=[asked, number + AT_A_TIME],
        )
    if chosen is None:
        st.caption(PICK_WITH_HEATMAP if results.model.has_weights else PICK_WITHOUT)
        return
    show_mistake(results, chosen, found.paths[chosen.image_id])


def _show_more(key: str, number: int) -> None:
    st.session_state[key] = number


def _show_table(results: ModelResults, shown: Sequence[Mistake], found: Found) -> Mistake | None:
    """The table of mistakes; returns the one whose row is picked."""
    import pandas as pd

    thumbs = [thumbnail_of(found.paths[mistake.image_id]) for mistake in shown]
    frame = pd.DataFrame(
        {
            "thumbnail": [thumb.url for thumb in thumbs],
            "true": [class_title(mistake.label) for mistake in shown],
            "suggested": [class_title(mistake.suggested) for mistake in shown],
            "malignant": [mistake.malignant_probability for mistake in shown],
            "side": ["wrong" if mistake.wrong_side else "right" for mistake in shown],
            "image": [mistake.image_id for mistake in shown],
            "group": [mistake.group_id for mistake in shown],
            "remark": [thumb.problem for thumb in thumbs],
        }
    )
    # What is the same in every row says nothing.
    frame = frame.drop(
        columns=[name for name in ("side", "remark") if frame[name].isin(("wrong", "")).all()]
    )
    event = st.dataframe(
        frame,
        hide_index=True,
        row_height=ROW_PX,
        height=min(len(shown), ROWS_SHOWN) * ROW_PX + HEADER_PX,
        selection_mode="single-row",
        on_select="rerun",
        key=f"performance_mistakes_table_{results.model.id}",
        column_config={
            "thumbnail": st.column_config.ImageColumn("", width=72),
            "true": st.column_config.TextColumn("True class", width="small"),
            "suggested": st.column_config.TextColumn("Model suggests", width="small"),
            "malignant": st.column_config.ProgressColumn(
                "P(malignant)", min_value=0.0, max_value=1.0, format="%.2f", width="small"
            ),
            "side": st.column_config.TextColumn(
                "Side", help="Malignant against benign, at the decision threshold", width=64
            ),
            "image": st.column_config.TextColumn("Image", width="medium"),
            "group": st.column_config.TextColumn("Group", width="small"),
            "remark": st.column_config.TextColumn("Remarks", width="large"),
        },
    )
    rows = event.selection.rows
    return shown[rows[0]] if rows and rows[0] < len(shown) else None
