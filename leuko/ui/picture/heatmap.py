"""The heatmap of the selected picture: its method and layer, and what the viewer shows of it."""

import html
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from leuko.decision.verdict import USED_ANYWAY
from leuko.imaging.intake.uploads import download_name
from leuko.inference.heatmaps.methods import Layer, Method
from leuko.inference.result import Result
from leuko.models.store import InstalledModel
from leuko.ui.picture.preview import picture_preview
from leuko.ui.picture.viewer import show_viewer, unread_areas
from leuko.ui.picture.viewer_data import Batch, heat_data, without_maps
from leuko.ui.state import resources as loaders
from leuko.ui.state.session import session
from leuko.workbench.classification import result_key
from leuko.workbench.heatmap_jobs import Evidence, Failure, MapKey
from leuko.workbench.rows import ReviewRow

PATIENCE_SECONDS = 1.0
"""So long the page waits for a map before it shows the picture without one."""
POLL_SECONDS = 1.5


def layers_of(model: InstalledModel) -> tuple[Layer, ...]:
    """Layers that the model's heatmaps can be read from, its own first; empty until it is loaded.

    Asked once a session; a model that is not in memory is loaded in the background meanwhile.
    """
    state = session()
    key = model.card.fingerprint
    if key not in state.layers:
        future = loaders.model_pool().start(model)
        if not future.done() or future.exception() is not None:
            return ()
        state.layers[key] = future.result().layers()
    return state.layers[key]


def chosen_layer(model: InstalledModel) -> Layer | None:
    """The layer that heatmaps are read from; None for the card's own."""
    name = session().layer_names.get(model.id)
    return next((layer for layer in layers_of(model)[1:] if layer.name == name), None)


def choose_method(model: InstalledModel) -> None:
    """Let the user choose method and layer; they hold for all pictures."""
    state = session()
    methods = list(Method)
    method_place, layer_place = st.columns(2)
    method_place.selectbox(
        "Method",
        methods,
        index=methods.index(state.method),
        format_func=lambda method: f"{method.title} (slow)" if method.slow else method.title,
        help="  \n".join(f"**{method.title}**: {method.meaning}" for method in methods),
        key="leuko_method",
        on_change=_take_method,
    )
    layers = layers_of(model)
    if len(layers) > 1:
        chosen = chosen_layer(model) or layers[0]
        layer_place.selectbox(
            "Layer",
            layers,
            index=layers.index(chosen),
            format_func=lambda layer: layer.title,
            help="Finer layers give sharper maps, but what they react to is simpler: edges and "
            "textures rather than whole cells.",
            key=f"leuko_layer_{model.id}",
            on_change=_take_layer,
            args=[model.id],
        )


def _take_method() -> None:
    state = session()
    state.method = Method(st.session_state["leuko_method"])
    state.maps.forget_failures()


def _take_layer(model_id: str) -> None:
    state = session()
    state.layer_names[model_id] = st.session_state[f"leuko_layer_{model_id}"].name
    state.maps.forget_failures()


def map_key(row: ReviewRow, model: InstalledModel) -> MapKey | None:
    """Which map is to be computed for a picture; None when its result already holds it."""
    state = session()
    layer = chosen_layer(model)
    if layer is None and state.method is Method.GRAD_CAM:
        return None
    return MapKey(result_key(model.card, row.item), state.method, layer.name if layer else None)


def find_map(row: ReviewRow, model: InstalledModel) -> "Evidence | Failure | None":
    """The map by the chosen method and layer; None while it is computed or when none is needed."""
    key, maps = map_key(row, model), session().maps
    if key is None:
        maps.give_up()
        return None
    item, limits, pool = row.item, loaders.limits(), loaders.model_pool()

    def compute(report: Callable[[float], None]) -> Evidence:
        classifier = pool.get(model)
        with item.room(limits):
            prepared = classifier.prepare(item.decode(limits).pixels)
        return classifier.explain_prepared(prepared, key.method, key.layer, report)

    return maps.ask(key, compute, loaders.map_worker(), PATIENCE_SECONDS)


def show_pictures(
    row: ReviewRow,
    rows: Sequence[ReviewRow],
    model: InstalledModel,
    found: "Evidence | Failure | None",
) -> None:
    """Picture and heatmap.

    Args:
        row: the selected picture, with its result.
        rows: the whole batch, for its common scale.
        model: that was asked.
        found: of :func:`find_map`.
    """
    assert row.result is not None  # noqa: S101  the caller shows classified pictures only
    card = model.card
    width, height = row.item.size_px or (1, 1)
    show_viewer(
        {
            "id": row.item.sha256,
            "choice": f"{card.id}/{row.item.sha256}/{row.shown_first}",
            "picture": picture_preview(row.item.sha256, row.item.data, row.item.name),
            "width": width,
            "height": height,
            "unread": unread_areas(card.input.steps, row.result.read_area()),
            "file_name": download_name(
                row.item.name,
                f"_{card.id}_view{USED_ANYWAY if row.used_anyway else ''}.png",
                set(),
            ),
            **_evidence(row, row.result, rows, model, found),
        },
        key="leuko_viewer",
    )


def _evidence(
    row: ReviewRow,
    result: Result,
    rows: Sequence[ReviewRow],
    model: InstalledModel,
    found: "Evidence | Failure | None",
) -> dict[str, object]:
    card = model.card
    if map_key(row, model) is None:
        batch = Batch.of(each.result for each in rows if each.result is not None)
        return heat_data(result, card, batch=batch, first=row.shown_first)
    state = session()
    layer = chosen_layer(model)
    if found is None or isinstance(found, Failure):
        data = heat_data(result, card, state.method, layer, first=row.shown_first)
        working = f"{state.method.title} of this picture is being computed …"
        return without_maps(data, working if found is None else found.sentence)
    own = replace(result, evidence=found)
    return heat_data(own, card, state.method, layer, first=row.shown_first)


def show_progress_of_map(
    row: ReviewRow, model: InstalledModel, found: "Evidence | Failure | None"
) -> None:
    """How far the map of the selected picture is; once it is there the page is drawn again.

    Args:
        row: the selected picture.
        model: that is asked.
        found: of :func:`find_map`; the map may have been finished since.
    """
    key = map_key(row, model)
    if key is not None and found is None:
        _watch(key)


@st.fragment(run_every=POLL_SECONDS)
def _watch(key: MapKey) -> None:
    share = session().maps.share_done(key)
    if share is None:
        st.rerun()
    st.progress(share, text=f"{key.method.title}: {100 * share:.0f} % done")


def show_picture_alone(row: ReviewRow) -> None:
    """The picture as it is, without any heatmap: for one that the model must not read."""
    address = picture_preview(row.item.sha256, row.item.data, row.item.name)
    st.html(
        f'<img src="{address}" alt="{html.escape(row.item.name)}" '
        'style="display:block;width:100%;max-height:55vh;object-fit:contain;'
        'object-position:left top">'
    )
