"""What is known of models and cells, computed once for each content of a file."""

import streamlit as st

from leuko.errors import ExplainReportError, PredictionsError
from leuko.evaluation.cells.left_out import LEFT_OUT_FILE, LeftOutFigures
from leuko.evaluation.cells.pooled import PooledFigures
from leuko.evaluation.cells.stored import content_sha256, left_out_of, pooled_of
from leuko.labels import InputKind
from leuko.models.store import InstalledModel
from leuko.reporting.text.cells import left_out_briefly, left_out_headline
from leuko.reporting.text.heatmaps import evidence_on_nuclei, evidence_on_nuclei_briefly

KEPT_MODELS = 64


def load_left_out(model: InstalledModel) -> LeftOutFigures:
    """What a model is worth in laboratories that it never saw.

    Raises:
        PredictionsError: when nobody has measured it, or its table is not in order.
    """
    path = model.folder / LEFT_OUT_FILE
    return _left_out(content_sha256(path) if path.is_file() else "", model.card.fingerprint, model)


@st.cache_resource(max_entries=KEPT_MODELS, show_spinner="Computing figures and intervals …")
def _left_out(sha256: str, fingerprint: str, _model: InstalledModel) -> LeftOutFigures:
    del sha256, fingerprint  # part of the cache key only
    return left_out_of(_model)


def load_pooled(model: InstalledModel) -> PooledFigures:
    """What a model is worth on held-out cells of laboratories that it knows.

    Raises:
        PredictionsError: when its table of predictions is missing or not in order.
    """
    sha256 = content_sha256(model.predictions_path)
    return _pooled(sha256, model.card.fingerprint, model)


@st.cache_resource(max_entries=KEPT_MODELS, show_spinner="Computing figures and intervals …")
def _pooled(sha256: str, fingerprint: str, _model: InstalledModel) -> PooledFigures:
    del sha256, fingerprint  # part of the cache key only
    return pooled_of(_model)


def cell_remark(model: InstalledModel, *, brief: bool = False) -> str:
    """What must be known of a model before it is chosen, in plain words, unescaped.

    Of a model that reads cells, what it is worth in laboratories that it never saw; of one that
    reads whole fields, how much of its evidence lies on nuclei. Empty for others, and where
    nobody has measured the evidence.

    Args:
        model: any.
        brief: a few words for a list of models in the place of a sentence.
    """
    if model.card.reads_cells:
        return _of_cell_model(model, brief=brief)
    if model.card.input.kind is not InputKind.FIELD or not model.has_weights:
        return ""
    try:
        report = model.explain_report()
    except ExplainReportError:
        return ""  # the Performance page says what is wrong with it
    if report is None:
        return ""
    return (evidence_on_nuclei_briefly(report) if brief else evidence_on_nuclei(report)) or ""


def _of_cell_model(model: InstalledModel, *, brief: bool) -> str:
    try:
        found = load_left_out(model)
    except PredictionsError as problem:
        return "new laboratories: not measured" if brief else str(problem)
    if brief:
        return left_out_briefly(found)
    words = left_out_headline(found)
    return f"{words[0].upper()}{words[1:]}."
