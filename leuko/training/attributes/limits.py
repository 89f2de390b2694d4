"""What is sure enough to be said, and what is too novel; none of it from test cells."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leuko.calibration.attributes import LIKE_TRAINING, label_positions, said_from
from leuko.calibration.novelty import fit_novelty, threshold_for
from leuko.calibration.temperature import fit_temperature
from leuko.errors import DatasetError
from leuko.inference.attributes import AttributeReader
from leuko.models.attributes.card import AttributesCard, NoveltyFacts, ValueFacts
from leuko.models.gates.novelty import NoveltyReference, encode_novelty
from leuko.models.gates.thresholds import NOVELTY_FILE
from leuko.training.attributes.cells import CutCells
from leuko.training.attributes.elsewhere import measure_elsewhere
from leuko.training.attributes.sides import TEST, TRAIN, VALIDATION, told_sizes


def with_limits(
    card: AttributesCard,
    reader: AttributeReader,
    cut: Mapping[str, CutCells],
    data: Path,
    folder: Path,
) -> AttributesCard:
    """Fit temperatures, what is sure enough to be said, and novelty, and put them into the card.

    Args:
        card: with none of them.
        reader: of that card.
        cut: cells of the three sides; those of the test side are only measured on.
        data: folder that may hold collections of other laboratories.
        folder: of the model, which gets the file of the novelty gate.

    Raises:
        DatasetError: when there are too few cells to choose on.
    """
    raw = {
        side: reader.read_squares(cells.squares, told_sizes(reader, cells))
        for side, cells in cut.items()
    }
    truth = cut[VALIDATION].targets
    facts, start = [], 0
    for place, attribute in enumerate(card.attributes):
        logits = raw[VALIDATION].logits[:, start : start + len(attribute.values)]
        start += len(attribute.values)
        temperature = fit_temperature(logits, truth[:, place])
        facts.append(attribute.model_copy(update={"temperature": temperature}))
    reader.card = card.model_copy(update={"attributes": tuple(facts)})
    tables = reader.probabilities(raw[VALIDATION].logits)
    facts = [
        one.model_copy(
            update={
                "values": tuple(
                    ValueFacts(value=value, said_from=limit)
                    for value, limit in zip(
                        one.value_names,
                        said_from(tables[one.name], truth[:, place], card.right_share),
                        strict=True,
                    )
                )
            }
        )
        for place, one in enumerate(facts)
    ]
    labels = [cell.label for cell in cut[TRAIN].cells]
    novelty = fit_novelty(raw[TRAIN].pooled, label_positions(labels))
    gate = _novelty_facts(novelty, raw[VALIDATION].pooled, folder)
    measured = measure_elsewhere(reader, novelty, gate.threshold, raw[TEST].pooled, data)
    gate = gate.model_copy(update={"measured": measured})
    return AttributesCard.model_validate(
        {
            **card.model_dump(),
            "attributes": [one.model_dump() for one in facts],
            "novelty": gate.model_dump(),
        }
    )


def _novelty_facts(
    novelty: NoveltyReference, validation: NDArray[np.float32], folder: Path
) -> NoveltyFacts:
    content = encode_novelty(novelty)
    (folder / NOVELTY_FILE).write_bytes(content)
    threshold = threshold_for(novelty.of(validation), LIKE_TRAINING)
    if threshold is None:
        raise DatasetError(
            f"{len(validation)} cells to choose on are too few for a limit that "
            f"{LIKE_TRAINING:.0%} of such cells keep: give at least 19."
        )
    return NoveltyFacts(
        sha256=hashlib.sha256(content).hexdigest(),
        threshold=round(threshold, 6),
        stated=LIKE_TRAINING,
    )
