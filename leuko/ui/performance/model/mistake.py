"""One test image that a model got wrong: small in a list, or large with its heatmap."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from leuko.errors import ImageError
from leuko.evaluation.mistakes import Mistake
from leuko.imaging.decoding.decode import read_picture
from leuko.imaging.intake.uploads import download_name
from leuko.imaging.rendering.data_url import preview, thumbnail
from leuko.labels import class_title
from leuko.ui.picture.viewer import show_viewer, unread_areas
from leuko.ui.picture.viewer_data import heat_data
from leuko.ui.shell.escape import plain
from leuko.ui.state import resources as loaders
from leuko.ui.state.results import ModelResults
from leuko.workbench.formatting import probability_text

if TYPE_CHECKING:
    from leuko.inference.result import Result

THUMBNAILS_KEPT = 512
PREVIEWS_KEPT = 24
RESULTS_KEPT = 48
EQUAL_WITHIN = 0.01
PICTURE_WIDTH_PX = 480  # crops are small; they are shown larger than they are


@dataclass(frozen=True)
class Thumb:
    """A small picture, or why there is none.

    Attributes:
        url: of the picture as data; empty when it cannot be read.
        problem: why not; empty when it can.
    """

    url: str
    problem: str = ""


def _stamp(path: Path) -> int:
    """Changes when the file does; 0 when it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def thumbnail_of(path: Path) -> Thumb:
    """A small picture of a file, kept until the file changes."""
    return _made_thumbnail(path, _stamp(path))


@st.cache_data(max_entries=THUMBNAILS_KEPT, show_spinner=False)
def _made_thumbnail(path: Path, stamp: int) -> Thumb:
    del stamp  # part of the cache key only
    try:
        return Thumb(thumbnail(read_picture(path, loaders.limits()).pixels))
    except ImageError as problem:
        return Thumb("", problem.reason)


@st.cache_data(max_entries=PREVIEWS_KEPT, show_spinner=False)
def _preview(path: Path, stamp: int) -> tuple[str, int, int]:
    del stamp  # part of the cache key only
    picture = read_picture(path, loaders.limits())
    return preview(picture.pixels), picture.width_px, picture.height_px


def show_mistake(results: ModelResults, mistake: Mistake, path: Path) -> None:
    """One image in full, with the heatmap of a class where the model has its weights."""
    st.markdown(
        f"**{plain(mistake.image_id)}**: truly {plain(class_title(mistake.label))}; model "
        f"suggests {plain(class_title(mistake.suggested))}, P(malignant) "
        f"{plain(probability_text(mistake.malignant_probability))}"
    )
    try:
        url, width, height = _preview(path, _stamp(path))
    except ImageError as problem:
        st.info(plain(problem.reason))
        return
    if not results.model.has_weights:
        st.image(url, width=max(width, PICTURE_WIDTH_PX))
        st.caption("This folder holds results only: there is no network to draw a heatmap.")
        return
    data: dict[str, object] = {
        "id": mistake.image_id,
        "picture": url,
        "width": width,
        "height": height,
    }
    data |= _heatmap(results, mistake, path)
    show_viewer(data, key=f"performance_mistakes_viewer_{results.model.id}")


def _heatmap(results: ModelResults, mistake: Mistake, path: Path) -> dict[str, object]:
    """What the viewer needs to draw where the model looked."""
    model = results.model
    card = model.card
    result = _classified(card.fingerprint, path, _stamp(path), results)
    if abs(result.malignant_probability - mistake.malignant_probability) > EQUAL_WITHIN:
        st.warning(
            f"On this copy of the image the model gives P(malignant) "
            f"{result.malignant_probability:.2f}, not the stored "
            f"{mistake.malignant_probability:.2f}: the file or the model folder was changed."
        )
    remarks = {mistake.label: "true", mistake.suggested: "suggested"}
    return heat_data(result, card, remarks=remarks) | {
        "unread": unread_areas(card.input.steps, result.read_area()),
        "choice": f"{model.id}/{mistake.image_id}",
        "file_name": download_name(Path(mistake.image_id).name, f"_{model.id}_view.png", set()),
    }


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner="Drawing the heatmap …")
def _classified(fingerprint: str, path: Path, stamp: int, _results: ModelResults) -> "Result":
    del fingerprint, stamp  # part of the cache key only
    pixels = read_picture(path, loaders.limits()).pixels
    # The first place on this page where torch is needed, and only now is it imported.
    (result,) = loaders.model_pool().get(_results.model).classify([pixels])
    return result
