"""The selected cell: what it is cut from, its heatmap, and why a person has to decide."""

from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from statistics import median

import streamlit as st

from leuko.decision.wording import sentence_of
from leuko.differential.counted import CountedCell
from leuko.imaging.intake.uploads import download_name
from leuko.imaging.preprocessing.cell_cut import CutCell
from leuko.inference.heatmaps.methods import Layer, Method
from leuko.inference.result import Result
from leuko.inspection.cells.found import Cell
from leuko.labels import class_title
from leuko.models.store import InstalledModel
from leuko.ui.count.morphology import words_of_cell
from leuko.ui.picture.heatmap import PATIENCE_SECONDS, POLL_SECONDS, chosen_layer, layers_of
from leuko.ui.picture.viewer import heat_layer, show_viewer
from leuko.ui.picture.viewer_data import cells_words, heat_data, without_maps
from leuko.ui.state import resources as loaders
from leuko.ui.state.session import session
from leuko.workbench.classification import result_key
from leuko.workbench.field_batch import CROP_PX, KeptField
from leuko.workbench.heatmap_jobs import Evidence, Failure, MapKey
from leuko.workbench.uploads import TrayItem


@dataclass(frozen=True, eq=False)
class SelectedCell:
    """The cell that is shown in full.

    Attributes:
        item: its picture's file.
        kept: its field.
        place: of the cell in the field.
        model: that classed it.
    """

    item: TrayItem
    kept: KeptField
    place: int
    model: InstalledModel

    @property
    def counted(self) -> CountedCell:
        """The cell with its result."""
        return self.kept.field.cells[self.place]

    @property
    def id(self) -> str:
        """As the browser names it."""
        return f"{self.item.sha256}:{self.counted.number}"

    @property
    def address(self) -> str:
        """Data address of what the network's cut shows; of the tile where that was not kept."""
        try:
            data = self.kept.crops[self.place].read()
        except (OSError, ValueError):
            data = b""
        if not data:
            return self.kept.tiles[self.place]
        return f"data:image/jpeg;base64,{b64encode(data).decode('ascii')}"


def take_finer_layer(model: InstalledModel, cells: Iterable[CountedCell]) -> None:
    """Read heatmaps from the finer layer where places of the coarse map are as large as nuclei.

    Once for a model and only where the reader has not chosen a layer; the choice stays hers.

    Args:
        model: that classed the cells.
        cells: that were counted; without any nothing is chosen yet.
    """
    state, step = session(), model.card.input.steps[0]
    listed, layers = list(cells), layers_of(model)
    if model.id in state.layer_names or not (listed and layers and isinstance(step, CutCell)):
        return
    shares = [nucleus_share(one.cell, step) for one in listed]
    finer = len(layers) > 1 and too_coarse(layers[0], median(shares))
    state.layer_names[model.id] = layers[1 if finer else 0].name


def nucleus_share(cell: Cell, step: CutCell) -> float:
    """Diameter of a cell's nucleus, in sides of its cut."""
    if step.centre == "nucleus":
        return 1 / step.reach
    return cell.nucleus_px / (step.reach * max(cell.box.width, cell.box.height))


def too_coarse(layer: Layer, share: float) -> bool:
    """Whether two places of a layer's map do not fit side by side into a nucleus.

    Args:
        layer: of the network that reads the cut.
        share: diameter of the nucleus, in sides of the cut.
    """
    return 2 / min(layer.size) > share


def map_key(cell: SelectedCell) -> MapKey | None:
    """Which map is to be computed for a cell; None when its result already holds it."""
    state, layer = session(), chosen_layer(cell.model)
    if layer is None and state.method is Method.GRAD_CAM:
        return None
    model_id, fingerprint, _ = result_key(cell.model.card, cell.item)
    return MapKey((model_id, fingerprint, cell.id), state.method, layer.name if layer else None)


def find_map(cell: SelectedCell) -> "Evidence | Failure | None":
    """The map by the chosen method and layer; None while it is computed or when none is needed."""
    key, maps = map_key(cell), session().maps
    if key is None:
        maps.give_up()
        return None
    item, limits, pool = cell.item, loaders.limits(), loaders.model_pool()
    model, found = cell.model, cell.counted.cell

    def compute(report: Callable[[float], None]) -> Evidence:
        classifier = pool.get(model)
        with item.room(limits):
            pixels = item.decode(limits).pixels
            ((_, prepared),) = classifier.preparation.of_cells(pixels, [found])
        return classifier.explain_prepared(prepared, key.method, key.layer, report)

    return maps.ask(key, compute, loaders.map_worker(), PATIENCE_SECONDS)


def explained(cell: SelectedCell, found: "Evidence | Failure | None") -> tuple[Result, str]:
    """The cell's result with the evidence to show, and why there is none."""
    own = cell.counted.result
    if map_key(cell) is None:
        return own, ""
    if found is None:
        return own, f"{session().method.title} of this cell is being computed …"
    if isinstance(found, Failure):
        return own, found.sentence
    return replace(own, evidence=found), ""


def chosen_key(cell: SelectedCell, notice: str) -> str:
    """What :func:`chosen_data` depends on, so that it is made and sent once."""
    state, layer = session(), chosen_layer(cell.model)
    label = cell.counted.verdict.shown_first
    made = (cell.model.card.fingerprint, state.method, layer.name if layer else "", label, notice)
    return "/".join((cell.id, *made))


def chosen_data(cell: SelectedCell, result: Result, notice: str) -> dict[str, object]:
    """What stands below the differential: crop, heatmap, where the evidence lies, the reasons.

    Args:
        cell: that is selected.
        result: of :func:`explained`.
        notice: why there is no heatmap; empty where there is one.
    """
    verdict = cell.counted.verdict
    label = verdict.shown_first
    title = class_title(label)
    evidence = result.has_evidence(label) and not notice
    if not evidence and not notice:
        notice = f"No positive evidence for {title} in this cell."
    words, _ = cells_words(result, label) if evidence else ("", False)
    return {
        "id": cell.id,
        "picture": cell.address,
        "heat": heat_layer(result.heat(label)) if evidence else None,
        "caption": f"{session().method.title}: evidence for {title}",
        "notice": notice,
        "evidence": words,
        "reasons": [sentence_of(one) for one in verdict.findings if one.severity == "reason"],
        "words": words_of_cell(cell.item, cell.counted.cell),
    }


def show_in_full(cell: SelectedCell, result: Result, notice: str) -> None:
    """The cell in the viewer of Diagnose: any class, method and layer, zoom and scale."""
    card, counted = cell.model.card, cell.counted
    state = session()
    data = heat_data(
        result, card, state.method, chosen_layer(cell.model), first=counted.verdict.shown_first
    )
    name = download_name(cell.item.name, f"_cell_{counted.number}_{card.id}_view.png", set())
    show_viewer(
        {
            "id": cell.id,
            "choice": f"{card.id}/{cell.id}/{counted.verdict.shown_first}",
            "picture": cell.address,
            "width": CROP_PX,
            "height": CROP_PX,
            "unread": [],
            "file_name": name,
            **(without_maps(data, notice) if notice else data),
        },
        key="leuko_count_viewer",
    )


def watch_map(cell: SelectedCell, found: "Evidence | Failure | None") -> None:
    """How far the map of the cell is; once it is there the page is drawn again."""
    key = map_key(cell)
    if key is not None and found is None:
        _watch(key)


@st.fragment(run_every=POLL_SECONDS)
def _watch(key: MapKey) -> None:
    share = session().maps.share_done(key)
    if share is None:
        st.rerun()
    st.progress(share, text=f"{key.method.title}: {100 * share:.0f} % done")
