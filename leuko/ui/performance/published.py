"""Published figures beside ours, on the Performance page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from leuko.evaluation.published.differences import run_remark, start_remark
from leuko.evaluation.published.reproduction import (
    FIGURES,
    Comparison,
    Measured,
    compare,
    printed_range,
)
from leuko.evaluation.published.split_policies import signed
from leuko.models.commands import recipe_command
from leuko.reporting.charts.published import reproduction_figure
from leuko.reporting.tables.metrics import NOTHING
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import ModelResults
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads

if TYPE_CHECKING:
    import pandas as pd

NOT_TRAINED = "not trained"
WORDS = {
    "accuracy": "Accuracy, all classes",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "auroc": "AUROC",
}
DATA_SETS = {"all_idb2": "ALL-IDB2", "c_nmc": "C-NMC 2019", "taleqani": "Taleqani"}


def show(results: Sequence[ModelResults]) -> None:
    """The rows of the published studies, each with our figure under both split policies."""
    compared = compare([Measured(r.model.card, r.summary, r.problem) for r in results])
    trained = sum(one.paper is not None or one.grouped is not None for one in compared)
    st.subheader(f"Published figures beside ours ({trained} of {len(compared)} rows trained)")
    st.caption(
        "Five published studies split their pictures at random, so that pictures of one "
        "patient or session stand in training and test. “Random split” repeats that; “grouped "
        "split” keeps them apart, which is what a new patient would meet."
    )
    name = st.segmented_control(
        "Figure", list(FIGURES), default=FIGURES[0], required=True,
        format_func=WORDS.__getitem__, key="performance_published_figure",
        label_visibility="collapsed",
    )  # fmt: skip
    downloads = Downloads("published")
    title = f"{WORDS[name]}, published and ours"
    draw(
        reproduction_figure(compared, name, WORDS[name]), "performance_published", title, downloads
    )
    st.caption(
        "Diamonds: as printed in the study; a bar where its own tables disagree. Lines: 95 % "
        "intervals of ours. A study's test images are not ours, so its figure has no place in a "
        "ranking with ours."
    )
    table = reproduction_table(compared, name)
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        key=f"performance_reproduction_{name}",
        column_config={
            column: st.column_config.TextColumn(alignment="right") for column in table.columns[3:]
        },
    )
    downloads.table("Published figures beside ours", _all_figures(compared))
    _show_remarks(compared)
    _show_commands(compared)
    downloads.offer()


def reproduction_table(compared: Sequence[Comparison], name: str) -> "pd.DataFrame":
    """One line a row of the studies.

    Args:
        compared: rows in order.
        name: one of ``FIGURES``.
    """
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "Row": one.published.row,
                "Network": one.published.network,
                "Data": DATA_SETS.get(one.published.dataset, one.published.dataset),
                "Published": _printed(one, name),
                "Ours, random split": _text(one.paper, name),
                "Points": _points(one, one.paper, name),
                "Test images": _images(one.paper),
                "Ours, grouped split": _text(one.grouped, name),
                "Points ": _points(one, one.grouped, name),
                "Test images ": _images(one.grouped),
            }
            for one in compared
        ]
    )


def _all_figures(compared: Sequence[Comparison]) -> "pd.DataFrame":
    import pandas as pd

    return pd.concat(
        [reproduction_table(compared, name).assign(Figure=WORDS[name]) for name in FIGURES],
        ignore_index=True,
    )


def _show_remarks(compared: Sequence[Comparison]) -> None:
    with st.expander("What differs from the studies, run by run"):
        runs = [one for each in compared for one in (each.paper, each.grouped) if one is not None]
        start = start_remark([one.card for one in runs])
        if start:
            st.markdown(plain(start))
        lines = [
            f"- **{plain(one.card.title)}**: "
            f"{plain(run_remark(one.card, one.summary, each.published.accuracy))}"
            for each in compared
            for one in (each.paper, each.grouped)
            if one is not None and one.summary is not None
        ]
        st.markdown("\n".join(lines) if lines else "No row is trained.")


def _show_commands(compared: Sequence[Comparison]) -> None:
    commands = [
        command
        for each in compared
        for policy, one in (("paper", each.paper), ("grouped", each.grouped))
        if one is None and (command := recipe_command(each.published.row, policy))
    ]
    if not commands:
        return
    with st.expander(f"Commands that train what is missing ({len(commands)})"):
        st.code("\n".join(commands), language="bash")


def _printed(one: Comparison, name: str) -> str:
    printed = getattr(one.published, name)
    return f"{printed} %" if printed else NOTHING


def _images(one: Measured | None) -> str:
    return NOTHING if one is None or one.summary is None else f"{one.summary.n:,}"


def _points(row: Comparison, one: Measured | None, name: str) -> str:
    """Ours minus the published figure in percentage points; the nearer end of a range."""
    limits = printed_range(getattr(row.published, name))
    estimate = one.figure(name) if one is not None else None
    if limits is None or estimate is None or estimate.value is None:
        return NOTHING
    nearest = min(max(estimate.value, limits[0]), limits[1])
    return signed((estimate.value - nearest) * 100, 0)


def _text(one: Measured | None, name: str) -> str:
    if one is None:
        return NOT_TRAINED
    estimate = one.figure(name)
    if estimate is None or one.summary is None:
        return "no held-out results"
    return estimate.text(one.summary.digits)
