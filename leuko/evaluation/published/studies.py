"""What five published studies reported: the figures that ours stand beside.

Values are percentages as printed, or None where the study gives none. All five split pictures at
random. Where a study's own tables disagree, both values stand as a range.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class PublishedRow:
    """One result of one study.

    Attributes:
        row: identifier used in recipes and cards, such as ``A1``.
        year: of the study, None where our notes do not give it.
        dataset: id of the data set's adapter.
        network: as the study names it.
        training: optimiser and schedule as published.
        accuracy, sensitivity, specificity, precision, f1, auroc: as printed, in per cent.
        remark: what the reader of the figure must know.
    """

    row: str
    dataset: str
    network: str
    training: str
    year: int | None = None
    accuracy: str | None = None
    sensitivity: str | None = None
    specificity: str | None = None
    precision: str | None = None
    f1: str | None = None
    auroc: str | None = None
    remark: str = ""

    @property
    def study(self) -> str:
        """Letter of the study."""
        return self.row[0]


@cache
def published_rows() -> tuple[PublishedRow, ...]:
    """All rows, study by study, as ``studies.toml`` holds them."""
    text = resources.files(__package__).joinpath("studies.toml").read_text(encoding="utf-8")
    return tuple(PublishedRow(**row) for row in tomllib.loads(text)["rows"])


def published_row(row: str) -> PublishedRow:
    """The row of that name.

    Raises:
        KeyError: when no study has such a row.
    """
    for candidate in published_rows():
        if candidate.row == row:
            return candidate
    raise KeyError(row)
