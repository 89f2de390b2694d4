"""The tables of the Compare page and what is downloaded from it."""

from collections.abc import Sequence

import streamlit as st

from leuko.evaluation.estimates import supported_digits
from leuko.evaluation.panel_agreement import PanelAgreement
from leuko.imaging.intake import download_name
from leuko.labels import class_title
from leuko.models.store import InstalledModel
from leuko.ui import loaders
from leuko.ui.compare_export import comparison_csv, comparison_png, sheet_panels
from leuko.ui.compare_rows import CompareRow, not_accuracy, short_names, verdict
from leuko.ui.compare_state import compare_state
from leuko.ui.performance_tables import right_aligned
from leuko.ui.session import session
from leuko.ui.thresholds import threshold_in_force

TABLE_ROWS_SHOWN = 8
ROW_PX = 44
HEADER_PX = 38
UNGROUPED = (
    "Agreement two by two. Kappa is 1 for perfect agreement and 0 for what the shares of the "
    "suggestions alone would give. Its interval takes every image for independent: where several "
    "show one patient it is too narrow."
)


def show_table(rows: Sequence[CompareRow], row: CompareRow, names: Sequence[str]) -> None:
    """All files, disagreements first; a click selects one."""
    import pandas as pd

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
        "agreement": st.column_config.TextColumn("Models", width=190),
    }
    for place, name in enumerate(names):
        answers = [each.answers[place] for each in rows]
        columns[f"suggestion_{place}"] = [class_title(a.label) if a else "" for a in answers]
        columns[f"malignant_{place}"] = [a.malignant_probability if a else None for a in answers]
        config[f"suggestion_{place}"] = st.column_config.TextColumn(f"{name} suggests", width=165)
        config[f"malignant_{place}"] = st.column_config.ProgressColumn(
            "P(malignant)", min_value=0.0, max_value=1.0, format="%.2f", width=120
        )
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


def offer_downloads(
    rows: Sequence[CompareRow], row: CompareRow, models: Sequence[InstalledModel]
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
    verdict_words, limits = verdict(row, short_names(cards)), loaders.limits()
    png_place.download_button(
        "Download this comparison (PNG)",
        # Called without a session: what depends on one is computed above.
        lambda: comparison_png(row.item, verdict_words, panels, not_accuracy(cards), limits),
        file_name=download_name(row.item.name, "_comparison.png", set()),
        mime="image/png",
        on_click="ignore",
        disabled=row.item.error is not None or not row.given,
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
    import pandas as pd

    digits = supported_digits(found.images)
    rows = []
    for pair in found.pairs:
        line = {
            "Models": f"{names[pair.first]} and {names[pair.second]}",
            "Same side": f"{pair.sides.agreed} of {found.images}",
            "Kappa, malignant or benign": pair.sides.kappa.text(digits),
        }
        if pair.classes is not None:
            line["Same class"] = f"{pair.classes.agreed} of {found.images}"
            line["Kappa, all classes"] = pair.classes.kappa.text(digits)
        rows.append(line)
    table = pd.DataFrame(rows).fillna("other classes")
    st.caption(UNGROUPED)
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        key="leuko_compare_pairs",
        column_config=right_aligned(table.columns[1:]),
    )
