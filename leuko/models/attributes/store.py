"""Which models that describe cells are installed; they are no classifiers."""

from dataclasses import dataclass
from pathlib import Path

from leuko.errors import CardError, ModelNotFoundError
from leuko.imaging.filenames import display_name
from leuko.imaging.intake.litter import is_litter
from leuko.models.attributes.card import (
    ATTRIBUTES_FILE,
    SECOND_READER_FILE,
    AttributesCard,
    read_attributes_card,
)
from leuko.models.card import PREDICTIONS_FILE, VALIDATION_FILE, WEIGHTS_FILE
from leuko.settings import default_weights_folder


@dataclass(frozen=True)
class InstalledAttributeModel:
    """A folder whose ``attributes.json`` is in order.

    Attributes:
        folder: where it lies.
        card: its checked card.
    """

    folder: Path
    card: AttributesCard

    @property
    def id(self) -> str:
        """Name of the model, equal to its folder's."""
        return self.card.id

    @property
    def has_weights(self) -> bool:
        """Whether it can describe cells."""
        return (self.folder / WEIGHTS_FILE).is_file()

    @property
    def predictions_path(self) -> Path:
        """Where its predictions on the official test side lie, or would lie."""
        return self.folder / PREDICTIONS_FILE

    @property
    def validation_path(self) -> Path:
        """Where its predictions on the validation side lie, or would lie."""
        return self.folder / VALIDATION_FILE

    @property
    def second_reader_path(self) -> Path:
        """Where lies what two readers said of the same cells, or would lie."""
        return self.folder / SECOND_READER_FILE


@dataclass(frozen=True)
class AttributeInventory:
    """What a weights folder holds of such models.

    Attributes:
        models: the usable ones, by id.
        problems: one sentence a folder whose card is not in order.
    """

    models: tuple[InstalledAttributeModel, ...]
    problems: tuple[str, ...]

    def get(self, model_id: str | None = None) -> InstalledAttributeModel:
        """The model of that id, or the first one where none is named.

        Raises:
            ModelNotFoundError: naming the installed ids.
        """
        for model in self.models:
            if model_id is None or model.id == model_id:
                return model
        known = ", ".join(model.id for model in self.models) or "none"
        wanted = f"model '{model_id}' for attributes" if model_id is not None else "such model"
        raise ModelNotFoundError(
            f"No {wanted} is installed; installed are: {known}. Train one with 'python -m leuko "
            "train recipes/attributes/mobilenetv2.toml --data FOLDER', or copy its "
            "folder into weights/."
        )


def list_attribute_models(folder: str | Path | None = None) -> AttributeInventory:
    """Read the cards of all models that describe cells.

    Args:
        folder: a weights folder; by default ``default_weights_folder()``. A folder that does not
            exist holds none.

    Returns:
        The models sorted by id, and a sentence for each whose card is not in order.
    """
    root = Path(folder) if folder is not None else default_weights_folder()
    models: list[InstalledAttributeModel] = []
    problems: list[str] = []
    for candidate in sorted(root.iterdir()) if root.is_dir() else ():
        try:
            if is_litter(candidate.name) or not holds_attributes(candidate):
                continue
            models.append(InstalledAttributeModel(candidate, read_attributes_card(candidate)))
        except CardError as problem:
            problems.append(str(problem))
        except OSError as problem:
            problems.append(
                f"Model folder '{display_name(candidate.name)}' cannot be read "
                f"({problem.strerror}): check its permissions."
            )
    return AttributeInventory(tuple(models), tuple(problems))


def holds_attributes(folder: Path) -> bool:
    """Whether a folder is that of a model which describes cells, so that it is no classifier."""
    return (folder / ATTRIBUTES_FILE).is_file()
