"""The figure of each network under both split policies, on the Performance page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from leuko.evaluation.published.reproduction import Measured
from leuko.evaluation.published.split_policies import PolicyPair, cost_sentence, pair_policies
from leuko.reporting.charts.split_slopes import Slope, slope_figure
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import ModelResults
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads

if TYPE_CHECKING:
    import pandas as pd

FIGURE = "performance_slope_figure"
KEPT = "performance_slope_kept"  # outlives a visit to another page, as widgets do not
FIGURE_TITLES = {
    "accuracy": "Accuracy, all classes",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "auroc": "AUROC",
}
FIGURE_WORDS = {
    "accuracy": "accuracy",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "auroc": "AUROC",
}
TITLE = "Random split against grouped split"


def show_slopes(
    results: Sequence[ModelResults], picked: Sequence[str], downloads: Downloads
) -> None:
    """What an honest split costs each network.

    Args:
        results: models among which networks trained under both policies are looked for.
        picked: ids of models whose lines are drawn strong.
        downloads: gets the chart and its table.
    """
    st.subheader("What honesty costs: random split against grouped split")
    pairs = pair_policies(
        Measured(each.model.card, each.summary, each.problem)
        for each in results
        if each.summary is not None
    )
    if not pairs:
        st.info(
            "None of the models shown was trained under both split policies. Widen the filter, or "
            "train a recipe with --split paper and with --split grouped."
        )
        return
    names, before = list(FIGURE_TITLES), st.session_state.get(KEPT)
    figure = st.segmented_control(
        "Figure",
        names,
        default=before if before in names else names[0],
        format_func=FIGURE_TITLES.__getitem__,
        key=FIGURE,
        required=True,
        label_visibility="collapsed",
    )
    st.session_state[KEPT] = figure
    st.markdown(plain(cost_sentence(pairs, figure, FIGURE_WORDS[figure])))
    slopes = slopes_of(pairs, figure, results, picked)
    if slopes:
        draw(
            slope_figure(slopes, FIGURE_TITLES[figure]),
            f"performance_slopes_{figure}",
            f"{TITLE}, {FIGURE_TITLES[figure]}",
            downloads,
        )
    st.caption(
        "Each line is one network trained twice; the number behind its name is the change. The two "
        "ends are two models, each tested on the test images of its own split, so the change "
        "carries the uncertainty of both; thin vertical bars are 95 % intervals. The interval of a "
        "change takes the two test sets as independent (Newcombe 1998, method 10). Thick lines: "
        "models picked in the table."
    )
    downloads.table(TITLE, slope_frame(pairs))


def slopes_of(
    pairs: Sequence[PolicyPair],
    figure: str,
    results: Sequence[ModelResults],
    picked: Sequence[str],
) -> list[Slope]:
    """Lines of the chart; a network that is not measurable at one end has none."""
    styles = {each.model.id: each.style for each in results}
    slopes = []
    for pair in pairs:
        paper, grouped = pair.paper.figure(figure), pair.grouped.figure(figure)
        if paper is None or grouped is None or paper.value is None or grouped.value is None:
            continue
        ids = pair.paper.card.id, pair.grouped.card.id
        slopes.append(
            Slope(
                name=pair.name,
                panel=pair.grouped.card.dataset.title,
                paper=paper,
                grouped=grouped,
                paper_style=styles[ids[0]],
                grouped_style=styles[ids[1]],
                digits=pair.digits,
                strong=any(one in picked for one in ids),
            )
        )
    return slopes


def slope_frame(pairs: Sequence[PolicyPair]) -> "pd.DataFrame":
    """The chart as it is downloaded: one line a network and figure."""
    import pandas as pd

    records = []
    for pair in pairs:
        for figure, title in FIGURE_TITLES.items():
            change = pair.change(figure)
            record: dict[str, object] = {
                "network": pair.name,
                "data": pair.grouped.card.dataset.title,
                "figure": title,
            }
            for side, one in (("random", pair.paper), ("grouped", pair.grouped)):
                estimate = one.figure(figure)
                record |= {
                    f"{side}_model": one.card.id,
                    f"{side}_value": estimate.value if estimate else None,
                    f"{side}_low": estimate.low if estimate else None,
                    f"{side}_high": estimate.high if estimate else None,
                }
            record |= {
                "change_value": change.value if change else None,
                "change_low": change.low if change else None,
                "change_high": change.high if change else None,
            }
            records.append(record)
    return pd.DataFrame(records)
