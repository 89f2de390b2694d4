"""The tables of the Compare page and what is downloaded from it."""

from collections.abc import Sequence

import streamlit as st

from leuko.evaluation.comparison.panel import PanelAgreement
from leuko.imaging.intake.uploads import download_name
from leuko.labels import class_title
from leuko.models.store import InstalledModel
from leuko.statistics.estimate import supported_digits
from leuko.ui.compare.sheet import sheet_panels
from leuko.ui.compare.state import compare_state
from leuko.ui.compare.wording import agreement_sentence, not_accuracy
from leuko.ui.shell.escape import plain
from leuko.ui.state import resources as loaders
from leuko.ui.state.session import session
from leuko.ui.state.thresholds import threshold_in_force
from leuko.workbench.comparison import CompareRow
from leuko.workbench.exports.comparison import comparison_csv, comparison_png
from leuko.workbench.formatting import probability_text

TABLE_ROWS_SHOWN = 8
ROW_PX = 44
HEADER_PX = 38
ACCORD_HELP = (
    "Sides differ: some models suggest malignant, others benign. Class differs: all suggest the "
    "same side, but not the same class. Other kind: these models do not read such pictures."
)
CELL_HELP = "P(malignant), what the model suggests, and whether a person decides"
TABLE_WORDS = (
    "All images, other kinds of picture and disagreements first, with P(malignant) and the "
    "suggestion of each model; refer: a haematologist has to decide; anyway: the picture is of "
    "another kind, and was used anyway."
)
UNGROUPED = (
    "Agreement two by two. Kappa is 1 for perfect agreement and 0 for what the shares of the "
    "suggestions alone would give. Its interval takes every image for independent: where several "
    "show one patient it is too narrow."
)


def show_table(rows: Sequence[CompareRow], row: CompareRow, names: Sequence[str]) -> None:
    """All files, disagreements first; a click selects one."""
    import pandas as pd

    st.caption(TABLE_WORDS)
    columns: dict[str, list[object]] = {
        "shown": ["▸" if each is row else "" for each in rows],
        "thumbnail": [each.item.thumbnail or "" for each in rows],
        "file": [each.item.name for each in rows],
        "agreement": [each.words for each in rows],
    }
    config = {
        "shown": st.column_config.TextColumn("", width=28),
        "thumbnail": st.column_config.ImageColumn("", width=60),
        "file": st.column_config.TextColumn("File", width=150),
        "agreement": st.column_config.TextColumn("Models", width=95, help=ACCORD_HELP),
    }
    for place, name in enumerate(names):
        columns[f"model_{place}"] = [_cell(each, place) for each in rows]
        config[f"model_{place}"] = st.column_config.TextColumn(name, width=178, help=CELL_HELP)
    state = compare_state()
    event = st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        row_height=ROW_PX,
        height=min(len(rows), TABLE_ROWS_SHOWN) * ROW_PX + HEADER_PX,
        selection_mode="single-row",
        on_select="rerun",
        key=f"leuko_compare_table_{state.tables_drawn}",
        column_config=config,
    )
    chosen = event.selection.rows
    if chosen and chosen[0] < len(rows):
        session().selected = rows[chosen[0]].item.number
        state.tables_drawn += 1
        st.rerun()


def _cell(row: CompareRow, place: int) -> str:
    answer, told = row.answers[place], row.verdict(place)
    if answer is None or row.refusal is not None:
        return ""
    said = told.short if told is not None else class_title(answer.label)
    words = f"{probability_text(answer.malignant_probability)} · {said}"
    if told is None or not told.deferred:
        return words
    return f"{'anyway' if told.used_anyway else told.decision} · {words}"  # the columns are narrow


def offer_downloads(
    rows: Sequence[CompareRow],
    row: CompareRow,
    models: Sequence[InstalledModel],
    names: Sequence[str],
) -> None:
    """All answers as CSV, the selected picture as PNG, and a way to start anew."""
    csv_place, png_place, _, clear_place = st.columns([2, 3, 3, 2])
    cards = [model.card for model in models]
    csv_place.download_button(
        "Download CSV",
        comparison_csv(rows, cards, [threshold_in_force(card) for card in cards]),
        file_name="leuko_comparison.csv",
        mime="text/csv",
        on_click="ignore",
        width="stretch",
        key="leuko_compare_csv",
    )
    panels = sheet_panels(row, models, compare_state().asked)
    verdict_words, limits = agreement_sentence(row, names), loaders.limits()
    png_place.download_button(
        "Download this comparison (PNG)",
        # Called without a session: what depends on one is computed above.
        lambda: comparison_png(row.item, verdict_words, panels, not_accuracy(cards), limits),
        file_name=download_name(row.item.name, "_comparison.png", set()),
        mime="image/png",
        on_click="ignore",
        disabled=row.item.error is not None or not row.given or row.refusal is not None,
        width="stretch",
        key="leuko_compare_png",
    )
    clear_place.button(
        "Remove all images", on_click=session().clear, width="stretch", key="leuko_clear"
    )


def show_pairs(found: PanelAgreement, names: Sequence[str]) -> None:
    """How often every two models suggest the same, and Cohen's kappa where it is defined."""
    if not found.images:
        return
    digits = supported_digits(found.images)
    by_class = any(pair.classes is not None for pair in found.pairs)
    head = ["Models", "Same side", "Kappa, malignant or benign"]
    lines = []
    for pair in found.pairs:
        cells = [
            f"{names[pair.first]} and {names[pair.second]}",
            f"{pair.sides.agreed} of {found.images}",
            pair.sides.kappa.text(digits),
        ]
        if pair.classes is not None:
            cells += [f"{pair.classes.agreed} of {found.images}", pair.classes.kappa.text(digits)]
        elif by_class:
            cells += ["", "they know different classes"]
        lines.append(cells)
    if by_class:
        head += ["Same class", "Kappa, all classes"]
    st.caption(UNGROUPED)
    rows = [
        head,
        [":--"] + ["--:"] * (len(head) - 1),
        *([plain(c) for c in line] for line in lines),
    ]
    st.markdown("\n".join(f"| {' | '.join(cells)} |" for cells in rows))
