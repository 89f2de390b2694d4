"""When a model does not answer, and what that does on its test pictures."""

from typing import TYPE_CHECKING

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.curves.risk_coverage import RiskCoverage, risk_of_suggestions
from leuko.models.commands import calibrate_command
from leuko.models.gates.thresholds import Gates, NoveltyGate
from leuko.reporting.charts.gates import PARTS_SHOWN, coverage_figure, risk_figure
from leuko.reporting.tables.gates import (
    coverage_parts,
    coverage_rows,
    out_of_distribution_rows,
    quality_rows,
    risk_rows,
    set_rows,
)
from leuko.reporting.text.gates import (
    calibration_sentence,
    deferral_sentence,
    fitted_sentence,
    limits,
)
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import ModelResults, load_predictions
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads
from leuko.ui.widgets.tables import right_aligned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TITLE = "When it does not answer"
RESULTS_ONLY = "This folder holds results only: there is no model that could answer."
NO_GATES = (
    "This model has no gates: it answers whatever the quality of a picture, however unlike its "
    "training pictures it is and however uncertain its answer. This command fits them, from the "
    "pictures in FOLDER:"
)


def show_gates(results: ModelResults, downloads: Downloads) -> None:
    """What the gates promise and what was measured; or the command that fits them."""
    card = results.model.card
    st.markdown(f"**{TITLE}**")
    if not results.model.has_weights:
        st.caption(RESULTS_ONLY)
        return
    if card.gates is None:
        st.caption(NO_GATES)
        st.code(calibrate_command(card), language="bash")
        return
    gates = card.gates
    _bullets([deferral_sentence(gates.deferral), calibration_sentence(card, gates)])
    curve = _curve(results)
    left, right = st.columns(2)
    with left:
        _show_curve(results, gates, curve, downloads)
    with right:
        _show_coverage(results, gates, downloads)
    _table("Prediction sets", set_rows(gates), results, downloads, text=("Stated coverage",))
    _show_out_of_distribution(results, gates.novelty, downloads)
    _show_details(results, gates, downloads)
    st.caption(plain(f"{fitted_sentence(card, gates.fitted_on)} Fitted on {gates.made}."))
    if weaknesses := limits(gates):
        _bullets(weaknesses)
    st.caption("This command fits and measures them again, from the pictures in FOLDER:")
    st.code(calibrate_command(card), language="bash")


def _curve(results: ModelResults) -> RiskCoverage | None:
    try:
        predictions = load_predictions(results)
    except PredictionsError:
        return None
    return risk_of_suggestions(predictions, results.model.card.decision_threshold)


def _show_curve(
    results: ModelResults, gates: Gates, curve: RiskCoverage | None, downloads: Downloads
) -> None:
    st.markdown("**Errors** left when the least certain answers are left to a person")
    if curve is None:
        st.caption("There are no test predictions to draw it from.")
        return
    own = gates.fitted_on.own
    figure = risk_figure(curve, results.style, None if own else gates.deferral)
    key = f"performance_risk_{results.model.id}"
    draw(figure, key, "Errors by share deferred", downloads)
    _table(
        "Deferred at each risk", risk_rows(curve), results, downloads, text=(), title_shown=False
    )


def _show_coverage(results: ModelResults, gates: Gates, downloads: Downloads) -> None:
    stated = f"{100 * gates.coverage:g} %"
    st.markdown(f"**Coverage** of the prediction sets in force, stated {stated}")
    figure = coverage_figure(gates.level, results.style)
    draw(figure, f"performance_coverage_{results.model.id}", "Coverage", downloads)
    import pandas as pd

    downloads.table("Coverage by class and group", pd.DataFrame(coverage_rows(gates.level)))
    parts = len(coverage_parts(gates.level))
    words = "Number of test pictures in parentheses. "
    if parts > PARTS_SHOWN:
        words += f"The {PARTS_SHOWN} first of {parts} rows, the worst groups; all in the download. "
    st.caption(
        f"{words}Intervals of classes and groups are Wilson's, as if pictures were independent."
    )


def _show_out_of_distribution(
    results: ModelResults, gate: NoveltyGate | None, downloads: Downloads
) -> None:
    if gate is None:
        st.caption("Novelty was not fitted: there were too few validation pictures.")
        return
    rows = out_of_distribution_rows(gate)
    _table("Pictures unlike the training pictures", rows, results, downloads, text=("Pictures",))
    st.caption(
        f"A picture is accepted up to a novelty of {gate.threshold:.3g}, chosen so that "
        f"{100 * gate.stated:g} % of validation pictures are. AUROC: how well novelty alone "
        "tells the other set from the model's own test pictures; 0.5 is not at all, 1 is always."
    )


def _show_details(results: ModelResults, gates: Gates, downloads: Downloads) -> None:
    if gates.quality is None:
        st.caption("Quality: no ranges were fitted.")
        return
    with st.expander("Quality: what a picture may measure"):
        _table("Quality ranges", quality_rows(gates.quality), results, downloads, text=("Measure",))
        st.caption(
            f"From {gates.quality.pictures} training pictures. A mild finding is a remark; a "
            "severe one defers the picture."
        )


def _table(
    title: str,
    rows: "Sequence[Mapping[str, str]]",
    results: ModelResults,
    downloads: Downloads,
    *,
    text: tuple[str, ...],
    title_shown: bool = True,
) -> None:
    import pandas as pd

    if title_shown:
        st.markdown(f"**{title}**")
    frame = pd.DataFrame(rows)
    st.dataframe(
        frame,
        key=f"performance_{title.replace(' ', '_').lower()}_{results.model.id}",
        width="stretch",
        height="content",
        hide_index=True,
        column_config=right_aligned(name for name in frame.columns if name not in text),
    )
    downloads.table(title, frame)


def _bullets(sentences: "Sequence[str]") -> None:
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))
