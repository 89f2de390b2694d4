"""Read where the training cells of a model lie, verified before it is parsed."""

import hashlib
from pathlib import Path

from leuko.errors import GatesError
from leuko.models.attributes.card import AttributesCard
from leuko.models.bounded_read import read_bounded
from leuko.models.gates.novelty import MAX_BYTES, NoveltyReference, decode_novelty
from leuko.models.gates.thresholds import NOVELTY_FILE


def load_attribute_novelty(card: AttributesCard, folder: Path) -> NoveltyReference | None:
    """The file that the card names.

    Returns:
        None for a card without that gate.

    Raises:
        GatesError: when the file is missing, altered or not in order: without it a cell of any
            laboratory would be described as if it were one of those the model learnt from.
    """
    if card.novelty is None:
        return None
    remedy = "copy the model folder again, or train the model again."
    try:
        content = read_bounded(folder / NOVELTY_FILE, MAX_BYTES)
    except OSError as problem:
        raise GatesError(
            f"{NOVELTY_FILE} of '{card.id}' cannot be read ({problem.strerror}): {remedy}"
        ) from problem
    if hashlib.sha256(content).hexdigest() != card.novelty.sha256:
        raise GatesError(f"{NOVELTY_FILE} of model '{card.id}' was altered: {remedy}")
    try:
        return decode_novelty(content)
    except ValueError as problem:
        raise GatesError(
            f"{NOVELTY_FILE} of model '{card.id}' is not in order ({problem}): {remedy}"
        ) from problem
