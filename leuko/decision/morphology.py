"""Which attributes of a cell are sure enough to be said, and never two that contradict each other.

A reader can argue with words; so nothing is said that the model is not sure of, nothing of a cell
unlike those it learnt from, and of granules nothing where its answers contradict each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leuko.decision.morphology_words import words_of
from leuko.inference.attribute_reading import AttributeReading
from leuko.inspection.cells.found import Cell
from leuko.models.attributes.card import AttributeFacts, AttributesCard

if TYPE_CHECKING:
    from leuko.inference.attributes import AttributeReader

SIZE = "cell_size"
GRANULARITY, GRANULE_TYPE, GRANULE_COLOUR = "granularity", "granule_type", "granule_colour"
NONE, NO = "nil", "no"


class Silence(StrEnum):
    """Why nothing is said of a cell."""

    NOVEL = "novel"
    UNSURE = "unsure"


@dataclass(frozen=True)
class MorphologyFinding:
    """One attribute that is sure enough to be said.

    Attributes:
        attribute: as in the card, such as ``granule_type``.
        value: such as ``coarse``.
        probability: of that value, in [0, 1].
    """

    attribute: str
    value: str
    probability: float


@dataclass(frozen=True)
class MorphologyWords:
    """What is said of one cell.

    Attributes:
        findings: in the order of the card; empty where nothing is said.
        text: the same in words, such as "nucleus: segmented, multilobed (0.97) · granules:
            coarse, purple (0.88)", or one sentence that says why nothing is.
        silence: why nothing is said; None where something is.
    """

    findings: tuple[MorphologyFinding, ...]
    text: str
    silence: Silence | None = None


def describe_cells(
    model: "AttributeReader",
    pixels: NDArray[np.uint8],
    cells: Sequence[Cell],
    red_cell_px: float | None = None,
) -> list[MorphologyWords]:
    """Say in words what cells of one picture look like.

    Args:
        model: see :meth:`leuko.inference.attributes.AttributeReader.load`; all cells go through it
            in passes of a batch, so that one selected cell costs one small pass.
        pixels: of the whole picture, uint8 (H, W, 3), RGB, any size.
        cells: of it, see :func:`leuko.inspection.cells.finder.find_leukocytes`.
        red_cell_px: diameter of its red cells, pixels, where that is known; by default what the
            cells know of it. Without it nothing is said of the size of a cell.

    Returns:
        One a cell, in order.

    Raises:
        WeightsError: when the network answers with something that is no number.
    """
    return [in_words(model.card, one) for one in model.read(pixels, cells, red_cell_px)]


def in_words(card: AttributesCard, reading: AttributeReading) -> MorphologyWords:
    """Findings of a reading and their words."""
    silence = None
    findings: tuple[MorphologyFinding, ...] = ()
    if is_novel(card, reading):
        silence = Silence.NOVEL
    else:
        findings = findings_of(card, reading)
        silence = Silence.UNSURE if not findings else None
    said = [(each.attribute, each.value, each.probability) for each in findings]
    novel = silence is Silence.NOVEL
    return MorphologyWords(findings, words_of(said, novel=novel), silence)


def is_novel(card: AttributesCard, reading: AttributeReading) -> bool:
    """Whether a cell is too unlike the training cells to be described.

    Without the gate nobody knows, and then it counts as novel.
    """
    if card.novelty is None or reading.novelty is None:
        return True
    return reading.novelty > card.novelty.threshold


def findings_of(card: AttributesCard, reading: AttributeReading) -> tuple[MorphologyFinding, ...]:
    """What is sure enough, without what contradicts itself; novelty is not asked here."""
    sure = {
        finding.attribute: finding
        for attribute in card.attributes
        if (finding := _if_sure(attribute, reading)) is not None
    }
    if not reading.size_known:
        sure.pop(SIZE, None)
    if GRANULARITY in card.values:
        _settle_granules(sure)
    return tuple(sure.values())


def _if_sure(attribute: AttributeFacts, reading: AttributeReading) -> MorphologyFinding | None:
    probabilities = reading.probabilities[attribute.name]
    place = int(np.argmax(probabilities))
    value = attribute.values[place]
    if value.said_from is None or probabilities[place] < value.said_from:
        return None
    return MorphologyFinding(attribute.name, value.value, float(probabilities[place]))


def _settle_granules(sure: dict[str, MorphologyFinding]) -> None:
    """Type and colour are said of granules that are there, and of no others.

    Where two answers that are sure contradict each other, nothing is said of granules at all.
    """
    details = [sure[name] for name in (GRANULE_TYPE, GRANULE_COLOUR) if name in sure]
    there = sure.get(GRANULARITY)
    claims = [each.value != NONE for each in details]
    if there is not None:
        claims.append(there.value != NO)
    contradictory = len(set(claims)) > 1
    for each in details:
        if there is None or contradictory or each.value == NONE:
            del sure[each.attribute]
    if contradictory:
        sure.pop(GRANULARITY, None)
