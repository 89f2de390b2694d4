"""Heatmaps that ``leuko predict`` writes."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from leuko.decision.verdict import Verdict
from leuko.errors import HeatmapError, LeukoError
from leuko.imaging.picture import Picture
from leuko.inference.classifier import Classifier
from leuko.inference.heatmaps.methods import Method
from leuko.inference.result import Result
from leuko.workbench.export import heatmap_name, heatmap_png

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
        name = heatmap_name(
            picture.name, self.classifier.card, self.taken, anyway=verdict.used_anyway
        )
        (self.folder / name).write_bytes(heatmap_png(picture, result, verdict.shown_first))


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
