"""What a model that describes cells says of one; no torch, so that pages may name it."""

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class AttributeReading:
    """Probabilities of every attribute's values, of one cell.

    Attributes:
        probabilities: attribute → one a value, in the order of the card; each sums to 1.
        size_known: whether the model was told the size of the cell.
        novelty: see :class:`leuko.models.gates.novelty.NoveltyReference`; None without that gate.
    """

    probabilities: dict[str, tuple[float, ...]]
    size_known: bool
    novelty: float | None
