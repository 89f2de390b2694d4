"""Figures of installed cell models, computed once for each content of a table."""

import streamlit as st

from leuko.evaluation.cells.left_out import LEFT_OUT_FILE, LeftOutFigures
from leuko.evaluation.cells.pooled import PooledFigures
from leuko.evaluation.cells.stored import content_sha256, left_out_of, pooled_of
from leuko.models.store import InstalledModel

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
