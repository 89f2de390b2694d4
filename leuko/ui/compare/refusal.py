"""A picture of another kind on the Compare page: no class, but what can be done about it."""

import html
from collections.abc import Sequence

import streamlit as st

from leuko.decision.verdict import Verdict
from leuko.decision.wording import misfit
from leuko.labels import InputKind
from leuko.models.store import InstalledModel
from leuko.ui.picture.heatmap import show_picture_alone
from leuko.ui.picture.verdict import ALIKE, LARGE, fitting_model, set_anyway
from leuko.ui.shell.escape import plain
from leuko.ui.state import resources as loaders
from leuko.ui.state.session import session
from leuko.workbench.comparison import LEAST_ANSWERS, CompareRow
from leuko.workbench.rows import ReviewRow
from leuko.workbench.uploads import TrayItem


def show_refusal(item: TrayItem, refusal: Verdict, models: Sequence[InstalledModel]) -> None:
    """The picture without any heatmap, why no model may read it, and what can be done.

    Args:
        item: the picture.
        refusal: of one of the models; they all read the same kind.
        models: that were asked.
    """
    picture_place, words_place = st.columns(ALIKE, gap="medium")
    with words_place:
        sentence = misfit(refusal.kind, refusal.model_kind, several=True)
        st.html(f'<div style="{LARGE}">{html.escape(sentence)}</div>')
        _offer_fitting(refusal.kind)
        st.button(
            "Use anyway",
            key="leuko_compare_anyway",
            help="Shows what the models say all the same. Their answers stay deferred, and the CSV "
            "says that the picture was used anyway.",
            on_click=_set_for_all,
            args=[models, item, True],
            width="stretch",
        )
    with picture_place:
        show_picture_alone(ReviewRow(item, None))


def offer_way_back(row: CompareRow, models: Sequence[InstalledModel]) -> None:
    """A button that takes "use anyway" back; nothing where it was not asked for."""
    if row.used_anyway:
        st.button(
            "Do not use this picture",
            key="leuko_compare_anyway_not",
            on_click=_set_for_all,
            args=[models, row.item, False],
        )


def _offer_fitting(kind: InputKind | None) -> None:
    offered = loaders.inventory().offered()
    other = fitting_model(offered, kind)
    if kind is None or other is None:
        missing = f"reads {kind.plural}" if kind is not None else "reads such a picture"
        st.markdown(f"No installed model {missing}.")
        return
    if sum(model.card.input.kind is kind for model in offered) >= LEAST_ANSWERS:
        st.button(
            f"Compare models for {kind.plural}",
            key="leuko_compare_switch",
            type="primary",
            on_click=_turn_to,
            args=[kind],
            width="stretch",
        )
        return
    st.markdown(f"**{plain(other.card.title)}** alone reads {kind.plural}.")
    if st.button(
        "Open it on Diagnose", key="leuko_compare_diagnose", type="primary", width="stretch"
    ):
        session().model_id = other.id
        st.switch_page("pages/diagnose.py")


def _turn_to(kind: InputKind) -> None:
    st.session_state[f"leuko_compare_kind_{session().model_id}"] = kind


def _set_for_all(models: Sequence[InstalledModel], item: TrayItem, wanted: bool) -> None:
    session().selected = item.number  # its place in the table changes
    for model in models:
        set_anyway(model.id, item.sha256, wanted)
