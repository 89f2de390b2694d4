"""The tab "Morphology": how well attributes of cells are told, beside how well readers agree."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.attributes.stored import StoredFigures, figures_of
from leuko.evaluation.cells.stored import content_sha256
from leuko.models.attributes.store import InstalledAttributeModel, list_attribute_models
from leuko.models.attributes.titles import title_of
from leuko.reporting.charts.cells.dots import Dots, dots_figure
from leuko.reporting.tables.attributes import (
    ACCURACY_COLUMNS,
    ATTRIBUTE,
    WORDS_COLUMNS,
    attribute_rows,
    attribute_sentences,
)
from leuko.statistics.estimate import Estimate
from leuko.ui.shell.escape import plain, plain_label
from leuko.ui.state.results import ModelResults
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads
from leuko.ui.widgets.tables import right_aligned

if TYPE_CHECKING:
    import plotly.graph_objects as go

KEPT_MODELS = 16
CHOSEN = "performance_morphology_model"
NONE_INSTALLED = (
    "No model that describes cells is installed. This command trains one, from the pictures in "
    "FOLDER:"
)
COMMAND = "python -m leuko train recipes/attributes/mobilenetv2.toml --data FOLDER"
NOT_SHARED = Estimate(None, reason="not read twice")


def show(results: Sequence[ModelResults]) -> None:
    """Figures of a model that describes cells, or the command that trains one."""
    del results  # these models are no classifiers and have their own folders
    st.subheader("Morphology in words")
    st.markdown(
        "A model of its own describes each cell by its attributes, such as the shape of the "
        "nucleus or the colour of granules. Macro F1 is the mean over the values of an attribute; "
        "beside it stands what a second human reader reaches against the first."
    )
    inventory = list_attribute_models()
    for problem in inventory.problems:
        st.warning(plain(problem))
    if not inventory.models:
        st.caption(NONE_INSTALLED)
        st.code(COMMAND, language="bash")
        return
    model = _choose(inventory.models)
    try:
        found = load_attribute_figures(model)
    except PredictionsError as problem:
        st.warning(plain(str(problem)))
        return
    downloads = Downloads(model.id)
    show_figures(model, found, downloads)
    downloads.offer()


def _choose(models: Sequence[InstalledAttributeModel]) -> InstalledAttributeModel:
    if len(models) == 1:
        st.markdown(f"**{plain(models[0].card.title)}**")
        return models[0]
    by_id = {model.id: model for model in models}
    chosen = st.selectbox(
        "Model", list(by_id), format_func=lambda name: plain_label(by_id[name].card.title),
        key=CHOSEN,
    )  # fmt: skip
    return by_id[chosen]


def load_attribute_figures(model: InstalledAttributeModel) -> StoredFigures:
    """Figures of a model, computed once for each content of its tables.

    Raises:
        PredictionsError: when a table is missing or not in order.
    """
    tables = (model.predictions_path, model.second_reader_path)
    hashes = tuple(content_sha256(path) for path in tables if path.is_file())
    return _figures(model.id, hashes, model.card.model_dump_json(), model)


@st.cache_resource(max_entries=KEPT_MODELS, show_spinner="Computing figures and intervals …")
def _figures(
    model_id: str, hashes: tuple[str, ...], card: str, _model: InstalledAttributeModel
) -> StoredFigures:
    del model_id, hashes, card  # part of the cache key only
    return figures_of(_model)


def show_figures(
    model: InstalledAttributeModel, found: StoredFigures, downloads: Downloads
) -> None:
    """Model beside reader as a chart and as a table, then how often an attribute is said."""
    figure = attributes_figure(found)
    draw(figure, f"performance_attributes_{model.id}", "Attributes", downloads)
    rows = attribute_rows(found.summary, found.said)
    _table("Model and readers", rows, ACCURACY_COLUMNS, model, downloads)
    st.markdown(
        "**What is said**: an attribute is told beside a cell only where the model is sure enough "
        f"that {model.card.right_share:.0%} of what it says is right"
    )
    _table("What is said", rows, WORDS_COLUMNS, model, downloads)
    st.caption(plain(" ".join(attribute_sentences(found.summary, model.card))))


def attributes_figure(found: StoredFigures) -> "go.Figure":
    """Macro F1 of the model and of a second reader, one line an attribute."""
    attributes = found.summary.attributes
    series = [Dots("model", [one.model for one in attributes])]
    if found.summary.read_twice:
        readers = [one.readers.macro_f1 if one.readers else NOT_SHARED for one in attributes]
        series.append(Dots("second reader", readers))
    names = [title_of(one.name) for one in attributes]
    return dots_figure(names, series, "Macro F1, 95 % interval")


def _table(
    title: str,
    rows: Sequence[dict[str, str]],
    columns: Sequence[str],
    model: InstalledAttributeModel,
    downloads: Downloads,
) -> None:
    import pandas as pd

    frame = pd.DataFrame([{name: row[name] for name in columns} for row in rows])
    st.dataframe(
        frame,
        key=f"performance_{title}_{model.id}",
        width="stretch",
        height="content",
        hide_index=True,
        column_config=right_aligned(name for name in columns if name != ATTRIBUTE),
    )
    downloads.table(title, frame)
