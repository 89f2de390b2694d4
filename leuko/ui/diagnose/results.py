"""The selected picture with its heatmap and probabilities, and the review table."""

import html
from collections.abc import Sequence

import streamlit as st

from leuko.evaluation.summary import Headline
from leuko.inference.result import Result
from leuko.labels import class_title
from leuko.models.store import InstalledModel
from leuko.reporting.charts.palette import class_colours
from leuko.ui.picture.heatmap import (
    choose_method,
    find_map,
    show_picture_alone,
    show_pictures,
    show_progress_of_map,
)
from leuko.ui.picture.steps import show_steps
from leuko.ui.picture.verdict import (
    ALIKE,
    SMALL,
    calibration_words,
    offer_way_back,
    show_refusal,
    show_small_print,
    show_verdict,
)
from leuko.ui.shell.escape import plain
from leuko.ui.state.session import session
from leuko.ui.state.thresholds import threshold_words
from leuko.workbench.formatting import probability_text, so_many_of
from leuko.workbench.rows import ReviewRow

WIDE_TO_NARROW = (3, 1)
"""Pictures with a heatmap, and what is said about them."""
TABLE_ROWS_SHOWN = 8
ROW_PX = 44
HEADER_PX = 38


def show_selected(
    rows: Sequence[ReviewRow], model: InstalledModel, figures: Headline | None
) -> None:
    """One picture in full size with its heatmap; buttons or J and K move on."""
    position = selected_position(rows)
    row = rows[position]
    # Before anything is drawn, so that no heading ever stands above another picture.
    asked = row.result is not None and not row.refused
    found = find_map(row, model) if asked else None
    _show_heading(rows, position)
    if row.item.error is not None:
        st.info("This file could not be read; the reason stands below.")
        return
    if row.result is None:
        st.info("This image waits for its turn.")
        return
    if row.refused and row.verdict is not None:
        picture_place, words_place = st.columns(ALIKE, gap="medium")
        with words_place:
            show_refusal(row, row.verdict, model)
        with picture_place:
            show_picture_alone(row)
        return
    picture_place, words_place = st.columns(WIDE_TO_NARROW)
    with words_place:
        _show_words(row, row.result, model, figures)
    with st.sidebar:
        show_progress_of_map(row, model, found)
    with picture_place:
        show_pictures(row, rows, model, found)
        choose_method(model)
        _show_model_print(model, figures)


def selected_position(rows: Sequence[ReviewRow]) -> int:
    """Place of the picture shown in full: the one chosen, else the first that has a result."""
    selected = session().selected
    for position, row in enumerate(rows):
        if row.item.number == selected:
            return position
    return next((i for i, row in enumerate(rows) if row.result is not None), 0)


def _show_heading(rows: Sequence[ReviewRow], position: int) -> None:
    name, before, after = st.columns([4, 1, 1], vertical_alignment="center")
    name.markdown(f"{position + 1} of {len(rows)} · **{plain(rows[position].item.name)}**")
    show_steps([row.item.number for row in rows], position, (before, after), "leuko")


def _show_words(
    row: ReviewRow, result: Result, model: InstalledModel, figures: Headline | None
) -> None:
    """All on this picture: verdict and probabilities, then the small print.

    What must be seen together with the picture stands first, without anything on the model between.
    """
    card = model.card
    if row.verdict is not None:
        show_verdict(row.verdict)
    colours = class_colours(card.class_set)
    shown = [
        _bar(class_title(name), value, colours[name])
        for name, value in result.probabilities.items()
    ]
    if len(card.malignant) > 1:
        share = html.escape(probability_text(result.malignant_probability))
        shown.append(
            f'<div style="{SMALL};margin-top:.35rem">P(malignant), all malignant classes together: '
            f"{share}</div>"
        )
    st.html("".join(shown))
    if row.verdict is not None:
        offer_way_back(row, row.verdict, model)
    if figures is not None:
        st.caption(
            "On images it had never seen, this model was right in "
            f"{so_many_of(figures.accuracy, figures.digits)}."
        )
    if row.verdict is not None:
        show_small_print(row.verdict)
    for note in row.item.notes:
        st.caption(plain(note))


def _show_model_print(model: InstalledModel, figures: Headline | None) -> None:
    """Error rates and calibration: the same for every picture, so below the pictures."""
    said = [calibration_words(model.card)]
    if figures is not None:
        said.insert(
            0,
            f"On images that this model had never seen: "
            f"sensitivity {figures.sensitivity.text(figures.digits)}, "
            f"specificity {figures.specificity.text(figures.digits)}, at the "
            f"{threshold_words(model.card)}.",
        )
    st.caption(plain(" ".join(said)))


def _bar(title: str, value: float, colour: str) -> str:
    """A labelled bar; title comes from the card's fixed vocabulary and is escaped all the same."""
    text = html.escape(probability_text(value))
    return (
        f'<div role="img" aria-label="{html.escape(title)}: {text}" style="margin:0 0 .3rem">'
        '<div style="display:flex;justify-content:space-between;font-size:.875rem;gap:.5rem;'
        'line-height:1.35">'
        f"<span>{html.escape(title)}</span>"
        f'<span style="font-variant-numeric:tabular-nums">{text}</span></div>'
        '<div style="height:8px;border-radius:2px;background:rgba(128,128,128,.22)">'
        f'<div style="height:8px;border-radius:2px;width:{value * 100:.1f}%;background:{colour}">'
        "</div></div></div>"
    )


def show_table(rows: Sequence[ReviewRow]) -> None:
    """All files, the deferred and then the worst first; a click selects one."""
    selected = rows[selected_position(rows)].item.number
    import pandas as pd

    frame = pd.DataFrame(
        {
            "shown": ["▸" if row.item.number == selected else "" for row in rows],
            "thumbnail": [row.item.thumbnail or "" for row in rows],
            "file": [row.item.name for row in rows],
            "suggestion": [row.suggestion for row in rows],
            "decision": [row.decision for row in rows],
            "malignant": [row.malignant_probability for row in rows],
            "remark": [row.explanation for row in rows],
        }
    )
    event = st.dataframe(
        frame,
        hide_index=True,
        row_height=ROW_PX,
        height=min(len(rows), TABLE_ROWS_SHOWN) * ROW_PX + HEADER_PX,
        selection_mode="single-row",
        on_select="rerun",
        key=f"leuko_table_{session().tables_drawn}",
        column_config={
            "shown": st.column_config.TextColumn("", width=28),
            "thumbnail": st.column_config.ImageColumn("", width=60),
            "file": st.column_config.TextColumn("File", width=195),
            "suggestion": st.column_config.TextColumn("Model suggests", width=245),
            "decision": st.column_config.TextColumn(
                "Deferred",
                width=96,
                help="Pictures that a person has to decide stand on top; the remarks say why.",
            ),
            "malignant": st.column_config.ProgressColumn(
                "P(malignant)", min_value=0.0, max_value=1.0, format="%.2f", width=130
            ),
            "remark": st.column_config.TextColumn("Remarks", width="large"),
        },
    )
    chosen = event.selection.rows
    if chosen and chosen[0] < len(rows):
        session().selected = rows[chosen[0]].item.number
        session().tables_drawn += 1
        st.rerun()
