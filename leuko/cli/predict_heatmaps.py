"""Heatmaps that ``leuko predict`` writes."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from leuko.decision.verdict import Verdict
from leuko.errors import HeatmapError
from leuko.imaging.picture import Picture
from leuko.inference.classifier import Classifier
from leuko.inference.heatmaps.methods import Method
from leuko.inference.result import Result
from leuko.models.records import replace_file
from leuko.workbench.exports.batch import heatmap_name, heatmap_png

FINER = "finer"
HASH_CHARS = 12
TOO_LITTLE_MEMORY = (
    "There was not enough memory to draw its heatmap: run it again when less runs on this machine."
)


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

    def save(self, picture: Picture, result: Result, verdict: Verdict) -> Path:
        """Write one heatmap, whole or not at all.

        Returns:
            Its path. The name says by the hash of the picture's file which picture it is of, so
            that one of another picture is never overwritten and the same command gives the same
            names again; and it says when nobody should rely on the heatmap.

        Raises:
            HeatmapError: when it cannot be drawn or written; the class of the picture stands.
        """
        try:
            if self.explained is not None:
                evidence = self.classifier.explain(picture.pixels, *self.explained)
                result = replace(result, evidence=evidence)
            name = heatmap_name(
                picture.name,
                self.classifier.card,
                self.taken,
                anyway=verdict.used_anyway,
                marks=[picture.sha256[:HASH_CHARS], *self._how()],
            )
            path = self.folder / name
            replace_file(path, heatmap_png(picture, result, verdict.shown_first))
        except MemoryError as problem:
            raise HeatmapError(TOO_LITTLE_MEMORY) from problem
        except OSError as problem:
            raise HeatmapError(
                f"Its heatmap cannot be written into '{self.folder}' "
                f"({problem.strerror or problem}): make room there, or name another folder after "
                "--heatmaps."
            ) from problem
        return path

    def _how(self) -> list[str]:
        """Method and layer for the name, where they are not the model's own."""
        if self.explained is None:
            return []
        method, layer = self.explained
        return [method.value, *([layer] if layer is not None else [])]


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
