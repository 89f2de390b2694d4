"""Own pictures of another kind than a model reads: said before its figures, and what can be done.

They are left out of the figures; the user may turn to models that read them, or insist.
"""

from collections.abc import Sequence

import streamlit as st

from leuko.ui.performance.external.answers import Answers, for_download, left_out_table
from leuko.ui.performance.external.model import HEADER_PX, ROW_PX
from leuko.ui.performance.external.refusal_wording import (
    anyway_sentence,
    images,
    kinds_of,
    refusal_sentence,
)
from leuko.ui.performance.external.run import turn_to
from leuko.ui.performance.external.state import OwnImages
from leuko.ui.state.results import ModelResults
from leuko.ui.widgets.downloads import Downloads, file_stem
from leuko.workbench.formatting import table_csv

ROWS_SHOWN = 8
INSIST_HELP = (
    "Counts them in the figures of this model all the same. Its verdict, its row of the table, its "
    "charts and the names of its files then say so."
)


def show_refusal(
    state: OwnImages,
    able: Sequence[ModelResults],
    results: ModelResults,
    answers: Answers,
    downloads: Downloads,
) -> None:
    """Which pictures are of another kind, and buttons; nothing where all are of the right one.

    Args:
        state: of the session.
        able: models that can be run.
        results: the model.
        answers: of the model.
        downloads: gets the list of what is left out.
    """
    share = answers.share
    used = answers.used_anyway
    if used:
        st.warning(anyway_sentence(used, share))
    if answers.left_out:
        st.warning(refusal_sentence([one.verdict for one in answers.left_out], share))
    if used or answers.left_out:
        _show_buttons(state, able, results, answers)
    if answers.left_out:
        _show_left_out(results, answers, downloads)


def _show_buttons(
    state: OwnImages, able: Sequence[ModelResults], results: ModelResults, answers: Answers
) -> None:
    model, left = results.model, answers.left_out
    kinds = kinds_of([one.verdict for one in left] or answers.used_anyway)
    readable = {each.model.card.input.kind for each in able}
    with st.container(horizontal=True, vertical_alignment="center"):
        for kind in kinds:
            if kind not in readable:
                st.markdown(f"No installed model with weights reads {kind.plural}.")
                continue
            st.button(
                f"Turn to models for {kind.plural}",
                key=f"performance_own_turn_{model.id}_{kind}",
                type="secondary" if answers.counted else "primary",
                on_click=turn_to,
                args=[state, kind],
            )
        if left:
            st.button(
                "Use it anyway" if len(left) == 1 else "Use them anyway",
                key=f"performance_own_anyway_{model.id}",
                help=INSIST_HELP,
                on_click=state.insist,
                args=[model.id, True],
            )
        if answers.used_anyway:
            st.button(
                "Leave it out again" if len(answers.used_anyway) == 1 else "Leave them out again",
                key=f"performance_own_anyway_not_{model.id}",
                on_click=state.insist,
                args=[model.id, False],
            )


def _show_left_out(results: ModelResults, answers: Answers, downloads: Downloads) -> None:
    card = results.model.card
    table = left_out_table(answers.left_out)
    unseen = ["sha256"] if any(table["Group"]) else ["sha256", "Group"]
    with st.expander(f"Left out: {images(len(table))}"):
        st.dataframe(
            table,
            key=f"performance_own_left_out_{card.id}",
            width="stretch",
            hide_index=True,
            row_height=ROW_PX,
            height=min(len(table), ROWS_SHOWN) * ROW_PX + HEADER_PX,
            column_config={
                "Image": st.column_config.ImageColumn("", width=60),
                **dict.fromkeys(unseen),
            },
        )
        named = for_download(table)
        st.download_button(
            "CSV of this list",
            data=lambda: table_csv(named),
            file_name=f"{file_stem('my-images', card.id, 'left-out')}.csv",
            mime="text/csv",
            key=f"performance_own_left_out_csv_{card.id}",
            on_click="ignore",
        )
    downloads.table(f"Left out of the figures of {card.title}", named)
