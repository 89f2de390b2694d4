"""The model card: everything that a weight file implies, checked when it is read."""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from leuko.errors import CardError
from leuko.imaging.filenames import display_name
from leuko.imaging.preprocessing.cell_cut import CutCell
from leuko.imaging.preprocessing.steps import FitSquare, Step, check_order
from leuko.labels import ClassSet, InputKind
from leuko.models.bounded_read import LARGEST_CARD_BYTES, read_json
from leuko.models.facts import AuditFacts, DatasetFacts, SplitFacts, TrainingFacts, WeightsFacts
from leuko.models.gates.thresholds import Gates
from leuko.models.records import Fraction, Strict, Total, replace_file
from leuko.text_files import EncodingError

CARD_VERSION = 1
ANSWER_FIELDS = (
    "architecture",
    "classes",
    "malignant",
    "input",
    "temperature",
    "decision_threshold",
    "reduced_precision",
    "gates",
)
"""Entries of a card that change an answer, beside the hash of the weights."""
CARD_FILE = "card.json"
WEIGHTS_FILE = "model.safetensors"
PREDICTIONS_FILE = "test_predictions.csv"
VALIDATION_FILE = "validation_predictions.csv"
HISTORY_FILE = "training_history.csv"
REMEDY = "take the entry 'gates' out of the card and run 'python -m leuko calibrate' again"

Mean = Annotated[float, Field(ge=-1000, le=1000)]
Spread = Annotated[float, Field(ge=1e-3, le=1000)]
"""Smaller ones would make more of a pixel than single precision can hold."""
Temperature = Annotated[float, Field(ge=1e-3, le=1000)]
Channels = tuple[Mean, Mean, Mean]
Spreads = tuple[Spread, Spread, Spread]
MOST_CLASSES = 100
LONGEST_CAUSE = 200
"""Characters of what is told of a broken field."""


class Architecture(Strict):
    """The network and where its heatmaps come from.

    Attributes:
        library: who builds it; ``leuko`` are our own small networks.
        name: its name in that library.
        head: ``published`` as the library builds it, or ``average``: global average pooling and
            one dense layer in the place of AlexNet's and VGG's giant dense layers.
        heatmap_layer: dotted name of the module whose output Grad-CAM weighs.
        parameters: number of trained values.
    """

    library: Literal["timm", "torchvision", "leuko"]
    name: str
    head: Literal["published", "average"] = "published"
    heatmap_layer: str
    parameters: Total


class InputSpec(Strict):
    """What the network reads.

    Attributes:
        kind: field, crop or segmented.
        side_px: side of the square that enters the network, pixels.
        mean: per-channel mean subtracted from values in [0, 1].
        std: per-channel standard deviation that divides them afterwards, 0.001 or more.
        steps: preprocessing steps in order, before normalisation; the last one, and no other,
            fits the picture to the square.
    """

    kind: InputKind
    side_px: int = Field(ge=32, le=2048)
    mean: Channels
    std: Spreads
    steps: tuple[Step, ...]

    @property
    def cuts_cells(self) -> bool:
        """Whether it reads cells cut out of a picture, so that cells of a field can be counted."""
        return isinstance(self.steps[0], CutCell)

    @model_validator(mode="after")
    def _steps_end_in_the_square(self) -> Self:
        check_order(self.steps)
        if FitSquare(side_px=self.side_px) not in self.steps:
            raise ValueError(f"fit_square must have side_px {self.side_px}")
        return self


class ModelCard(Strict):
    """Everything about one model, as stored in ``card.json``.

    Attributes:
        card_version: layout of this file; a newer one than ours is refused.
        id: folder name.
        title: one line for people.
        study_row: row of the published systems that this model reproduces, or None.
        classes: class names in the order of the outputs.
        malignant: which of them mean leukemia.
        temperature: divides the logits before the softmax, 0.001 or more; 1 means not calibrated.
        decision_threshold: P(malignant) at or above which the model suggests malignant, for the
            binary figures.
        weights: None for a folder that holds results only.
        audit: what the data set gives away; None where it was not audited.
        reduced_precision: whether answers may be computed in bfloat16: measured on the test set
            to leave suggestions and probabilities as they are. False where it would not, or
            where nobody measured; see ``python -m leuko evaluate``.
        recommended: whether it is offered before other models of its kind of picture.
        gates: when it defers to a person; None where nobody has fitted them.
    """

    card_version: Literal[1] = 1
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")
    title: str
    study_row: str | None = None
    architecture: Architecture
    classes: Annotated[tuple[str, ...], Field(max_length=MOST_CLASSES)]
    malignant: tuple[str, ...]
    input: InputSpec
    temperature: Temperature = 1.0
    decision_threshold: Fraction = 0.5
    dataset: DatasetFacts
    split: SplitFacts
    training: TrainingFacts
    weights: WeightsFacts | None
    audit: AuditFacts | None = None
    reduced_precision: bool = False
    recommended: bool = False
    gates: Gates | None = None

    @model_validator(mode="after")
    def _classes_make_sense(self) -> Self:
        _ = self.class_set
        return self

    @model_validator(mode="after")
    def _gates_are_of_this_model(self) -> Self:
        gates = self.gates
        if gates is None:
            return self
        if self.weights is None or gates.weights_sha256 != self.weights.sha256:
            raise ValueError(f"gates are those of other weights; {REMEDY}")
        if gates.temperature != self.temperature:
            raise ValueError(f"gates were fitted at another temperature; {REMEDY}")
        named = {name for level in gates.levels for name in level.measured.by_class}
        if not named <= set(self.classes):
            raise ValueError(f"gates name other classes; {REMEDY}")
        return self

    @cached_property
    def fingerprint(self) -> str:
        """Identity of the model: sha256, in hex, over all that changes an answer.

        That is the hash of the weights and ``ANSWER_FIELDS``; the steps and gates among them hold
        the hashes of the mean image and of the file of the novelty gate. Two cards with the same
        fingerprint give the same answers; titles, data set and training do not count.
        """
        entries = self.model_dump(mode="json", include=set(ANSWER_FIELDS))
        entries["weights"] = self.weights.sha256 if self.weights is not None else None
        return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's; the copy has a fingerprint of its own."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("fingerprint", None)
        return copied

    @property
    def reads_cells(self) -> bool:
        """Whether it reads cells cut out of fields, and can count them."""
        return self.input.cuts_cells

    @property
    def class_set(self) -> ClassSet:
        """The classes as one checked value."""
        return ClassSet(self.classes, frozenset(self.malignant))


def read_card(folder: Path) -> ModelCard:
    """Read and check the card of a model folder.

    Args:
        folder: a folder that holds ``card.json``.

    Raises:
        CardError: when the card is missing, too large, no regular file, no JSON, newer than this
            version, names another folder or breaks a rule; the message names the folder and the
            first broken field.
    """
    name = display_name(folder.name)
    try:
        raw = read_json(folder / CARD_FILE, LARGEST_CARD_BYTES)
    except FileNotFoundError:
        raise CardError(
            f"Model folder '{name}' has no {CARD_FILE}: copy the whole folder again."
        ) from None
    except EncodingError as problem:
        raise CardError(
            f"The card of model '{name}' cannot be read: {problem}, or copy the folder again."
        ) from problem
    except (OSError, ValueError, RecursionError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise CardError(
            f"The card of model '{name}' cannot be read: copy the folder again. ({reason})"
        ) from problem
    version = raw.get("card_version") if isinstance(raw, dict) else None
    if isinstance(version, int) and version > CARD_VERSION:
        raise CardError(
            f"Model '{name}' has a card of version {version}, this leuko reads up to "
            f"version {CARD_VERSION}: install a newer leuko or an older copy of the model."
        )
    try:
        card = ModelCard.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        where = display_name(place, LONGEST_CAUSE) if place else "the card"
        cause = display_name(first["msg"], LONGEST_CAUSE)
        raise CardError(
            f"The card of model '{name}' is wrong at '{where}' ({cause}): "
            "restore the card from where the model came from."
        ) from problem
    if card.id != folder.name:
        raise CardError(
            f"Model folder '{name}' holds the card of '{card.id}': rename the folder to "
            f"'{card.id}'."
        )
    return card


def write_card(card: ModelCard, folder: Path) -> None:
    """Write ``card.json`` into a folder that exists, whole or not at all."""
    text = json.dumps(card.model_dump(mode="json"), indent=2, ensure_ascii=False)
    replace_file(folder / CARD_FILE, f"{text}\n".encode())
