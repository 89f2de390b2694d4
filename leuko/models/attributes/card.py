"""The card of a model that describes cells: everything that its weight file implies."""

import json
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from leuko.errors import CardError
from leuko.imaging.filenames import display_name
from leuko.imaging.preprocessing.cell_cut import CutCell
from leuko.imaging.preprocessing.steps import FitSquare, Step, check_order
from leuko.models.bounded_read import LARGEST_CARD_BYTES, read_json
from leuko.models.card import LONGEST_CAUSE, Channels, Spreads, Temperature
from leuko.models.facts import DatasetFacts, TrainingFacts, WeightsFacts
from leuko.models.records import Count, Fraction, Positive, Sha256, Strict, Total, replace_file

ATTRIBUTES_VERSION = 1
ATTRIBUTES_FILE = "attributes.json"
"""Instead of ``card.json``: a folder that holds it is no classifier."""
SECOND_READER_FILE = "second_reader.csv"
MOST_ATTRIBUTES, MOST_VALUES = 50, 20
Word = Annotated[str, Field(min_length=1, max_length=60)]


class ValueFacts(Strict):
    """One value of an attribute, such as ``coarse``.

    Attributes:
        value: as in the tables of the data set.
        said_from: probability at or above which it is said of a cell; chosen on validation cells
            so that what is said is right as often as the card states. None: never said, because
            no such probability was found.
    """

    value: Word
    said_from: Fraction | None = None


class AttributeFacts(Strict):
    """One attribute that the model tells.

    Attributes:
        name: as in the tables of the data set, such as ``granule_type``.
        values: in the order of the outputs.
        temperature: divides its logits before the softmax.
    """

    name: Word
    values: Annotated[tuple[ValueFacts, ...], Field(min_length=2, max_length=MOST_VALUES)]
    temperature: Temperature = 1.0

    @property
    def value_names(self) -> tuple[str, ...]:
        """Values in the order of the outputs."""
        return tuple(each.value for each in self.values)


class TrunkFacts(Strict):
    """The network that makes features of a cut.

    Attributes:
        library: who builds it.
        name: its name in that library.
        parameters: number of trained values, heads included.
    """

    library: Literal["timm"]
    name: Word
    parameters: Total


class SizeFacts(Strict):
    """How the size of a cell, which a cut takes away, enters the heads beside the features.

    Attributes:
        red_cell_px: diameter of red cells in the training pictures, pixels; turns their lengths
            into red-cell diameters, the unit that pictures of every scale have in common.
        nucleus, cell: mean of both diameters over the training cells, red-cell diameters.
        spread: their common standard deviation.
    """

    red_cell_px: Positive
    nucleus: Positive
    cell: Positive
    spread: Positive


class AttributesInput(Strict):
    """What the network reads.

    Attributes:
        side_px: side of the square that enters it, pixels.
        mean, std: of each channel, as in :class:`leuko.models.card.InputSpec`.
        steps: preprocessing in order, from the cut of a cell to the fit to the square.
        size: how sizes are handed on.
    """

    side_px: int = Field(ge=32, le=512)
    mean: Channels
    std: Spreads
    steps: tuple[Step, ...]
    size: SizeFacts

    @model_validator(mode="after")
    def _steps_cut_cells(self) -> Self:
        check_order(self.steps)
        if not isinstance(self.steps[0], CutCell):
            raise ValueError("the first step must be cut_cell")
        if FitSquare(side_px=self.side_px) not in self.steps:
            raise ValueError(f"fit_square must have side_px {self.side_px}")
        return self


class SidesFacts(Strict):
    """The official division of the data set, and proof of it.

    Attributes:
        sha256: over the sorted (cell, side) list.
        train, validation, test: numbers of cells.
    """

    sha256: Sha256
    train: Total
    validation: Total
    test: Total


class NovelShare(Strict):
    """How many cells of a collection are novel to the model.

    Attributes:
        title: of the collection.
        cells: looked at.
        novel: of these, above the threshold.
    """

    title: str
    cells: Total
    novel: Count


class NoveltyFacts(Strict):
    """When a cell is too unlike the training cells to be described.

    Attributes:
        sha256: of the file that holds where training cells lie, see
            :mod:`leuko.models.gates.novelty`.
        threshold: novelty above which nothing is said.
        stated: share of cells like the training ones that lies at or below it.
        measured: shares found on the test side and on cells of other laboratories.
    """

    sha256: Sha256
    threshold: Positive
    stated: Fraction
    measured: tuple[NovelShare, ...] = ()


class AttributesCard(Strict):
    """Everything about one model that describes cells, as stored in ``attributes.json``.

    Attributes:
        attributes_version: layout of this file; a newer one than ours is refused.
        id: folder name.
        title: one line for people.
        trunk: the network.
        attributes: what it tells, in the order of the outputs.
        right_share: share of what is said that is to be right, see :class:`ValueFacts`.
        input: what it reads.
        dataset: where it was trained.
        sides: how that was divided.
        training: how.
        weights: the file.
        novelty: when a cell is not described.
    """

    attributes_version: Literal[1] = 1
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")
    title: str
    trunk: TrunkFacts
    attributes: Annotated[
        tuple[AttributeFacts, ...], Field(min_length=1, max_length=MOST_ATTRIBUTES)
    ]
    right_share: Fraction
    input: AttributesInput
    dataset: DatasetFacts
    sides: SidesFacts
    training: TrainingFacts
    weights: WeightsFacts
    novelty: NoveltyFacts | None = None

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [each.name for each in self.attributes]
        if len(set(names)) < len(names):
            raise ValueError("an attribute stands in it twice")
        for each in self.attributes:
            if len(set(each.value_names)) < len(each.values):
                raise ValueError(f"a value of {each.name} stands in it twice")
        return self

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """Attribute → its values, both in the order of the outputs."""
        return {each.name: each.value_names for each in self.attributes}


def read_attributes_card(folder: Path) -> AttributesCard:
    """Read and check the card of a folder.

    Args:
        folder: a folder that holds ``attributes.json``.

    Raises:
        CardError: when the card cannot be read, is newer than this version, names another folder
            or breaks a rule; the message names the folder and the first broken field.
    """
    name = display_name(folder.name)
    try:
        raw = read_json(folder / ATTRIBUTES_FILE, LARGEST_CARD_BYTES)
    except (OSError, ValueError, RecursionError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise CardError(
            f"The card of attribute model '{name}' cannot be read: copy the folder again. "
            f"({reason})"
        ) from problem
    version = raw.get("attributes_version") if isinstance(raw, dict) else None
    if isinstance(version, int) and version > ATTRIBUTES_VERSION:
        raise CardError(
            f"Attribute model '{name}' has a card of version {version}, this leuko reads up to "
            f"version {ATTRIBUTES_VERSION}: install a newer leuko or an older copy of the model."
        )
    try:
        card = AttributesCard.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        where = display_name(place, LONGEST_CAUSE) if place else "the card"
        raise CardError(
            f"The card of attribute model '{name}' is wrong at '{where}' "
            f"({display_name(first['msg'], LONGEST_CAUSE)}): restore the card from where the model "
            "came from."
        ) from problem
    if card.id != folder.name:
        raise CardError(
            f"Model folder '{name}' holds the card of '{card.id}': rename the folder to "
            f"'{card.id}'."
        )
    return card


def write_attributes_card(card: AttributesCard, folder: Path) -> None:
    """Write ``attributes.json`` into a folder that exists, whole or not at all."""
    text = json.dumps(card.model_dump(mode="json"), indent=2, ensure_ascii=False)
    replace_file(folder / ATTRIBUTES_FILE, f"{text}\n".encode())
