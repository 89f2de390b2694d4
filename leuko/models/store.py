"""Which models are installed: every folder below ``weights/`` that holds a card."""

from dataclasses import dataclass
from pathlib import Path

from leuko.errors import CardError, ModelNotFoundError
from leuko.imaging.filenames import display_name
from leuko.imaging.intake.litter import is_litter
from leuko.labels import InputKind, SplitPolicy
from leuko.models.attributes.card import ATTRIBUTES_FILE
from leuko.models.card import (
    CARD_FILE,
    HISTORY_FILE,
    PREDICTIONS_FILE,
    VALIDATION_FILE,
    WEIGHTS_FILE,
    ModelCard,
    read_card,
)
from leuko.models.explain_report_file import REPORT_FILE, read_explain_report
from leuko.models.heatmap_report import ExplainReport
from leuko.settings import default_weights_folder

HOW_TO_INSTALL = (
    "train one or copy a model folder into weights/, or name the folder that holds the models "
    "with --weights or in the variable LEUKO_WEIGHTS"
)
"""What to do where no model is found, as part of a sentence."""


@dataclass(frozen=True)
class InstalledModel:
    """A model folder whose card is in order.

    Attributes:
        folder: where it lies.
        card: its checked card.
    """

    folder: Path
    card: ModelCard

    @property
    def id(self) -> str:
        """Name of the model, equal to its folder's."""
        return self.card.id

    @property
    def weights_path(self) -> Path:
        """Where its weights lie, or would lie."""
        return self.folder / WEIGHTS_FILE

    @property
    def has_weights(self) -> bool:
        """Whether it can predict; a folder of results only cannot."""
        return self.card.weights is not None and self.weights_path.is_file()

    @property
    def predictions_path(self) -> Path:
        """Where its held-out predictions lie, or would lie."""
        return self.folder / PREDICTIONS_FILE

    @property
    def validation_path(self) -> Path:
        """Where its predictions on validation pictures lie, or would lie.

        Thresholds are chosen on them, so that the test set stays untouched by any choice.
        """
        return self.folder / VALIDATION_FILE

    @property
    def history_path(self) -> Path:
        """Where its training history lies, or would lie."""
        return self.folder / HISTORY_FILE

    @property
    def explain_report_path(self) -> Path:
        """Where the report on its heatmaps lies, or would lie."""
        return self.folder / REPORT_FILE

    def explain_report(self) -> ExplainReport | None:
        """How far its heatmaps can be trusted; None where nobody has measured it.

        Raises:
            ExplainReportError: when the report is not in order or of other weights.
        """
        if not self.explain_report_path.is_file():
            return None
        return read_explain_report(self.card, self.folder)


@dataclass(frozen=True)
class Inventory:
    """What a weights folder holds.

    Attributes:
        models: the usable ones, by id.
        problems: one sentence a folder whose card is not in order.
    """

    models: tuple[InstalledModel, ...]
    problems: tuple[str, ...]

    def get(self, model_id: str) -> InstalledModel:
        """The model of that id.

        Raises:
            ModelNotFoundError: naming the installed ids.
        """
        for model in self.models:
            if model.id == model_id:
                return model
        known = ", ".join(model.id for model in self.models) or f"none; {HOW_TO_INSTALL}"
        raise ModelNotFoundError(f"No model '{model_id}' is installed; installed are: {known}.")

    def offered(self) -> tuple[InstalledModel, ...]:
        """Models that can predict blood pictures, in the order in which they are offered.

        First those that were made for use and tested on a grouped split, fields before crops
        before segmented cells, and of each kind the recommended ones first; then those that
        repeat a published study or were split at random, whose figures are there for comparison.
        """

        def rank(model: InstalledModel) -> tuple[bool, int, bool, str]:
            card = model.card
            compared = card.study_row is not None or card.split.policy == SplitPolicy.PAPER
            kind = list(InputKind).index(card.input.kind)
            return compared, kind, not card.recommended, model.id

        able = (m for m in self.models if m.has_weights and m.card.input.kind.is_blood)
        return tuple(sorted(able, key=rank))


def list_models(folder: str | Path | None = None) -> Inventory:
    """Read the cards of all model folders.

    Args:
        folder: a weights folder; by default ``default_weights_folder()``. A folder that does not
            exist holds no models.

    Returns:
        The models sorted by id, and a sentence for each folder whose card is not in order:
        one bad folder never hides the others.
    """
    root = Path(folder) if folder is not None else default_weights_folder()
    models: list[InstalledModel] = []
    problems: list[str] = []
    if root.is_dir():
        for candidate in sorted(root.iterdir()):
            try:
                if not candidate.is_dir() or is_litter(candidate.name):
                    continue
                if (candidate / ATTRIBUTES_FILE).is_file() and not (candidate / CARD_FILE).exists():
                    continue  # describes cells and classifies none
                if not (candidate / CARD_FILE).exists() and all(
                    is_litter(entry.name) for entry in candidate.iterdir()
                ):
                    continue
                models.append(InstalledModel(candidate, read_card(candidate)))
            except CardError as problem:
                problems.append(str(problem))
            except OSError as problem:
                name = display_name(candidate.name)
                problems.append(
                    f"Model folder '{name}' cannot be read ({problem.strerror}): check its "
                    "permissions."
                )
    return Inventory(tuple(models), tuple(problems))
