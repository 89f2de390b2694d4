"""Columns of a CSV file, read row by row within a documented number of bytes and rows."""

import csv
import itertools
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

import numpy as np

from leuko.arrays import Floats
from leuko.errors import PredictionsError
from leuko.models.bounded_read import LARGEST_TABLE_BYTES, open_bounded

MOST_ROWS = 2_000_000
ROWS_AT_A_TIME = 4_096

AGAIN = "evaluate the model again"


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of a table of predictions.

    Attributes:
        texts: column title to its cells; equal ones are one object, so that a group's name is
            held once.
        numbers: float64 (n, m), the numeric columns in the order asked for; what is no number is
            NaN.
    """

    texts: dict[str, tuple[str, ...]]
    numbers: Floats


class ColumnReader:
    """Reads a CSV file with the csv module, for it is there before pandas is.

    Args:
        path: the file.

    Attributes:
        where: folder and name of the file, for sentences.
    """

    def __init__(self, path: Path) -> None:
        self.where = f"{path.parent.name}/{path.name}"
        self._path = path

    def header(self) -> list[str]:
        """Titles of the columns.

        Raises:
            PredictionsError: when there is no such file, it is too large, empty or no table.
        """
        return next(self._rows())

    def columns(self, texts: Sequence[str], numbers: Sequence[str]) -> Columns:
        """Read these columns of all rows; the others are passed over.

        Args:
            texts: titles of the columns to read as text; each stands in the header.
            numbers: titles of the columns to read as numbers; likewise.

        Raises:
            PredictionsError: when the file cannot be read as a table, or is too large.
        """
        rows = self._rows()
        header = next(rows)
        text_places = [header.index(title) for title in texts]
        number_places = [header.index(title) for title in numbers]
        names: dict[str, str] = {}
        cells: list[list[str]] = [[] for _ in texts]
        values = [array("d") for _ in numbers]
        count = 0
        while chunk := list(itertools.islice(rows, ROWS_AT_A_TIME)):
            self._check_lengths(chunk, len(header), count)
            count += len(chunk)
            columns = list(zip(*chunk, strict=True))
            for into, place in zip(cells, text_places, strict=True):
                into.extend(map(names.setdefault, columns[place], columns[place]))
            for into_numbers, place in zip(values, number_places, strict=True):
                into_numbers.extend(_numbers(columns[place]))
        table = np.empty((count, len(numbers)))
        for place, column in enumerate(values):
            table[:, place] = column
        return Columns(
            {title: tuple(column) for title, column in zip(texts, cells, strict=True)}, table
        )

    def _rows(self) -> Iterator[list[str]]:
        """The header, then every row that is not blank."""
        empty = True
        try:
            with (
                open_bounded(self._path, LARGEST_TABLE_BYTES) as content,
                TextIOWrapper(content, encoding="utf-8-sig", newline="") as stream,
            ):
                for row in csv.reader(stream, strict=True):
                    if row:
                        empty = False
                        yield row
        except FileNotFoundError:
            raise PredictionsError(
                f"{self.where} is missing: evaluate the model on its test images to make it."
            ) from None
        except (OSError, ValueError, csv.Error) as problem:
            reason = getattr(problem, "strerror", None) or problem
            raise PredictionsError(
                f"{self.where} cannot be read as a CSV table: {AGAIN}. ({reason})"
            ) from problem
        if empty:
            raise PredictionsError(f"{self.where} is empty: {AGAIN}.")

    def _check_lengths(self, rows: Sequence[list[str]], expected: int, before: int) -> None:
        if before + len(rows) > MOST_ROWS:
            raise PredictionsError(
                f"{self.where} has more than {MOST_ROWS:,} rows, the most that figures are "
                "computed from: evaluate the model on fewer test images."
            )
        lengths = list(map(len, rows))
        if lengths.count(expected) < len(rows):
            wrong = next(place for place, length in enumerate(lengths) if length != expected)
            raise PredictionsError(
                f"{self.where} cannot be read as a CSV table: line {before + wrong + 2} has "
                f"{lengths[wrong]} values, the header has {expected}; {AGAIN}."
            )


def _numbers(texts: Sequence[str]) -> "array[float]":
    """Numbers of a column; what is no number becomes NaN, which the checks then name."""
    try:
        return array("d", map(float, texts))
    except ValueError:
        return array("d", map(_number, texts))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan
