"""The tab "Finding cells": how well leukocytes are found, outlined and counted; of no one model."""

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.cells.counts import CountAgreement, FieldCount, count_agreements
from leuko.evaluation.cells.detection import detected
from leuko.evaluation.cells.finder import FinderFigures, read_finder_figures
from leuko.reporting.charts.cells.finder import agreement_figure
from leuko.reporting.tables.cells import (
    COUNT_NUMBERS,
    DETECTION_NUMBERS,
    OVERLAP_NUMBERS,
    count_rows,
    detection_rows,
    made_with,
    overlap_rows,
)
from leuko.reporting.text.cells import collection_title, count_facts
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import ModelResults
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads
from leuko.ui.widgets.tables import right_aligned

NOT_MEASURED = (
    "Nobody has measured how well cells are found. This command does, from the data sets in FOLDER:"
)
COMMAND = "python -m leuko measure-cells --data FOLDER"
WITHOUT = (
    "“Without it”: nothing of that collection or laboratory was used to make or tune the finder; "
    "that is what to expect on slides of another laboratory."
)


def show(results: Sequence[ModelResults]) -> None:
    """Everything measured on the finder of leukocytes, or the command that measures it."""
    del results  # the finder belongs to no model
    st.subheader("Finding cells")
    st.markdown(
        "Before any model says what a cell is, the leukocytes of a field are found, outlined and "
        "cut out. All cell models share this step; what it misses, no model can count."
    )
    try:
        found = read_finder_figures()
    except PredictionsError as problem:
        st.warning(plain(str(problem)))
        return
    if found is None:
        st.caption(NOT_MEASURED)
        st.code(COMMAND, language="bash")
        return
    downloads = Downloads("finding-cells")
    show_detections(found, downloads)
    show_overlaps(found, downloads)
    show_counts(found, downloads)
    st.caption(plain(f"{WITHOUT} {_made(found)}"))
    downloads.offer()


def show_detections(found: FinderFigures, downloads: Downloads) -> None:
    """Cells found against cells that a person marked with a box."""
    if not found.counts:
        return
    st.markdown("**Cells found**: a cell counts from an overlap (IoU) of 0.5 with the marked one")
    _table("Cells found", detection_rows(detected(found.counts)), DETECTION_NUMBERS, downloads)


def show_overlaps(found: FinderFigures, downloads: Downloads) -> None:
    """Outlines against masks that a person drew."""
    if not found.dice:
        return
    st.markdown("**Outlines**: Dice coefficient against masks drawn by hand, 1 is full agreement")
    _table("Outlines", overlap_rows(found.dice), OVERLAP_NUMBERS, downloads)


def show_counts(found: FinderFigures, downloads: Downloads) -> None:
    """Found against true numbers of cells, field by field."""
    import pandas as pd

    counts = found.counts
    if not counts:
        return
    st.markdown("**Counts**: found against true number of leukocytes of a field")
    agreements = count_agreements(counts)
    _table("Counts", count_rows(agreements), COUNT_NUMBERS, downloads)
    for pair in _in_pairs(agreements):
        for column, one in zip(st.columns(2), pair, strict=False):
            with column:
                _show_agreement(one, counts, downloads)
    st.caption(
        "Bland and Altman (1986): about 95 % of the fields differ from the true count by no more "
        "than the limits of agreement; grey bands are the 95 % intervals of bias and limits. "
        "Larger dots: more fields with the same two counts. "
        + plain(" ".join(count_facts(agreements)))
    )
    downloads.table("Counts of each field", pd.DataFrame([one.model_dump() for one in counts]))


def _show_agreement(
    one: CountAgreement, counts: Sequence[FieldCount], downloads: Downloads
) -> None:
    title = f"{collection_title(one.set)}, finder made {made_with(left_out=one.left_out)}"
    st.markdown(plain(title))
    own = [each for each in counts if (each.set, each.left_out) == (one.set, one.left_out)]
    figure = agreement_figure(own, one.agreement)
    draw(figure, f"performance_counts_{title}", f"Counts of {title}", downloads)


def _in_pairs(found: Sequence[CountAgreement]) -> Iterable[Sequence[CountAgreement]]:
    return (found[start : start + 2] for start in range(0, len(found), 2))


def _made(found: FinderFigures) -> str:
    times = [
        f"{one.milliseconds:.0f} ms for a field of {collection_title(one.set)} "
        f"({one.width_px} × {one.height_px} px, {one.threads} processors)"
        for one in found.speed
    ]
    return f"Measured by {COMMAND}." + (f" Time: {'; '.join(times)}." if times else "")


def _table(
    title: str, rows: Sequence[Mapping[str, str]], numbers: Sequence[str], downloads: Downloads
) -> None:
    import pandas as pd

    frame = pd.DataFrame(rows)
    st.dataframe(
        frame,
        key=f"performance_finding_{title}",
        width="stretch",
        height="content",
        hide_index=True,
        column_config=right_aligned(numbers),
    )
    downloads.table(title, frame)
