"""How a reader's count stands to the suggested one: what changed, and Cohen's kappa."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leuko.differential.counted import CountedField, cells_of
from leuko.differential.review import READER_LABELS, Review
from leuko.statistics.intervals import wilson_interval
from leuko.statistics.kappa import cohens_kappa


@dataclass(frozen=True)
class Changed:
    """Of so many cells, how many were given another label.

    Attributes:
        n: cells.
        changed: those whose label the reader changed.
    """

    n: int
    changed: int

    @property
    def rate(self) -> float | None:
        """Share that was changed, in [0, 1]; None without cells."""
        return self.changed / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % interval after Wilson; None without cells."""
        return wilson_interval(self.changed, self.n) if self.n else None


@dataclass(frozen=True)
class Agreement:
    """Suggested against reviewed labels.

    Attributes:
        all: over all cells.
        kappa: Cohen's, in [-1, 1]; None without cells, or where both always say the same one class
            so that there is nothing to agree on. A reader who sees a suggestion leans to it: this
            is no measure of two independent readings.
        by_class: by suggested class, in the order in which classes are listed; those without a
            cell are left out.
        table: (k, k) counts, rows the suggestion, columns the reader, both as ``labels``.
        labels: that occur.
    """

    all: Changed
    kappa: float | None
    by_class: Mapping[str, Changed]
    table: tuple[tuple[int, ...], ...]
    labels: tuple[str, ...]


def agreement(suggested: Sequence[str], reviewed: Sequence[str]) -> Agreement:
    """Compare two labels of each cell.

    Args:
        suggested: one a cell.
        reviewed: of the same cells, in the same order.

    Raises:
        ValueError: when the two differ in length, or for a label that is none.

    Source: Cohen (1960), Educ. Psychol. Meas. 20:37-46.
    """
    if len(suggested) != len(reviewed):
        raise ValueError(f"{len(suggested)} suggestions and {len(reviewed)} reviewed labels")
    used = {*suggested, *reviewed}
    if not used <= set(READER_LABELS):
        raise ValueError(f"{sorted(used - set(READER_LABELS))} are no labels of cells")
    labels = tuple(name for name in READER_LABELS if name in used)
    place = {name: position for position, name in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)))
    for one, other in zip(suggested, reviewed, strict=True):
        table[place[one], place[other]] += 1
    kappa = float(cohens_kappa(table)) if len(suggested) else float("nan")
    by_class = {
        name: Changed(int(row.sum()), int(row.sum() - row[place[name]]))
        for name, row in zip(labels, table, strict=True)
        if row.sum()
    }
    return Agreement(
        all=Changed(len(suggested), int(table.sum() - np.trace(table))),
        kappa=None if np.isnan(kappa) else kappa,
        by_class=by_class,
        table=tuple(tuple(int(n) for n in row) for row in table),
        labels=labels,
    )


def agreement_of(fields: Iterable[CountedField], review: Review) -> Agreement:
    """Compare suggestion and reader over the cells that the reader has seen.

    Cells that nobody looked at agree with their suggestion by default and are left out.

    Args:
        fields: that are counted.
        review: the reader's.
    """
    cells = {key: cell for key, cell in cells_of(fields).items() if review.is_seen(key)}
    suggested = [cell.label for cell in cells.values()]
    return agreement(suggested, list(review.reviewed(cells).values()))
