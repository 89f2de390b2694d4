"""Heatmaps that ``leuko predict`` writes."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from leuko.decision.verdict import USED_ANYWAY, Verdict
from leuko.errors import HeatmapError, LeukoError
from leuko.imaging.intake.uploads import download_name
from leuko.imaging.picture import Picture
from leuko.imaging.rendering.overlay import DEFAULT_OPACITY, overlay, resize_heat
from leuko.inference.classifier import Classifier
from leuko.inference.heatmaps.methods import Method
from leuko.inference.result import Result

FINER = "finer"


@dataclass
class Heatmaps:
    """Where heatmaps go, and how they are computed.

    Attributes:
        classifier: the model.
        folder: that exists.
        explained: method and layer; None for the evidence that results bring along.
        taken: names that are given out.
    """

    classifier: Classifier
    folder: Path
    explained: tuple[Method, str | None] | None
    taken: set[str] = field(default_factory=set)

    def save(self, picture: Picture, result: Result, verdict: Verdict) -> None:
        """Write one heatmap; the name of its file says when nobody should rely on it."""
        if self.explained is not None:
            evidence = self.classifier.explain(picture.pixels, *self.explained)
            result = replace(result, evidence=evidence)
        ending = f"{USED_ANYWAY if verdict.used_anyway else ''}.png"
        name = download_name(picture.name, f"_{self.classifier.card.id}{ending}", self.taken)
        save_heatmap(picture, result, self.folder / name, verdict.shown_first)


def choose_layer(classifier: Classifier, name: str | None) -> str | None:
    """The layer that was asked for, by its dotted name or as ``finer``; None for the card's.

    Raises:
        HeatmapError: when the model has no such layer; it names those that it has.
    """
    if name is None:
        return None
    own, *others = (layer.name for layer in classifier.layers())
    if name == own:
        return None
    if name in others:
        return name
    if name == FINER and others:
        return others[0]
    known = " or ".join([own, *others, *([FINER] if others else [])])
    raise HeatmapError(f"This model's heatmaps cannot be read from '{name}': choose {known}.")


def make_folder(folder: Path) -> None:
    """Make the folder for heatmaps, before anything is computed.

    Raises:
        LeukoError: when something else has that name or the place may not be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise LeukoError(
            f"'{folder}' cannot be made ({problem.strerror}): name another folder after --heatmaps."
        ) from problem


def save_heatmap(picture: Picture, result: Result, path: Path, label: str | None = None) -> None:
    """Write the picture with the heatmap of a class, by default the suggested one, over it."""
    heat = resize_heat(result.heat(label), (picture.width_px, picture.height_px)).clip(0, 1)
    Image.fromarray(overlay(picture.pixels, heat, DEFAULT_OPACITY)).save(path)
