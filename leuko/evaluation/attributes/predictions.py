"""Held-out predictions of a model that describes cells, and what two readers said of cells."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from leuko.arrays import Floats, Integers
from leuko.errors import PredictionsError
from leuko.evaluation.csv_columns import ColumnReader
from leuko.imaging.filenames import display_name
from leuko.models.records import replace_file

Values = Mapping[str, tuple[str, ...]]
"""Attribute → its values, in the order of the outputs."""
SUM_TOLERANCE = 1e-4
IMAGE, SIDE = "image_id", "side"
FIRST, SECOND = "first_", "second_"
AGAIN = "train the model again"


@dataclass(frozen=True, eq=False)
class AttributePredictions:
    """What a model said of cells whose attributes are known; checked when built.

    Attributes:
        values: of each attribute.
        image_ids: one name a cell, all different.
        truth: int64 (n,) a attribute, position of the value that the reader gave.
        probabilities: float64 (n, values) a attribute; rows sum to 1.

    Raises:
        PredictionsError: when a rule above is broken.
    """

    values: Values
    image_ids: tuple[str, ...]
    truth: Mapping[str, Integers]
    probabilities: Mapping[str, Floats]

    def __post_init__(self) -> None:
        if not self.image_ids or len(set(self.image_ids)) < len(self.image_ids):
            raise PredictionsError(f"Cells are missing or stand in the table twice: {AGAIN}.")
        for name, known in self.values.items():
            table = self.probabilities[name]
            if table.shape != (len(self.image_ids), len(known)):
                raise PredictionsError(f"Probabilities of {name} are missing: {AGAIN}.")
            fine = np.isfinite(table).all(axis=1) & (table >= 0).all(axis=1)
            fine &= np.abs(table.sum(axis=1) - 1) <= SUM_TOLERANCE
            if not fine.all():
                first = self.image_ids[int(np.argmin(fine))]
                raise PredictionsError(
                    f"The probabilities of {name} of cell '{display_name(first)}' are no "
                    f"probabilities that sum to 1: {AGAIN}."
                )

    @property
    def n(self) -> int:
        """Number of cells."""
        return len(self.image_ids)

    def told(self, name: str) -> Integers:
        """Position of the most probable value of an attribute, int64 (n,)."""
        return np.asarray(self.probabilities[name].argmax(axis=1), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class TwoReaders:
    """What two readers said of the same cells.

    Attributes:
        values: of each attribute.
        image_ids: one name a cell, all different.
        sides: of each cell in the official division; empty where it has none.
        first, second: int64 (n,) an attribute, position of the value that each gave.
    """

    values: Values
    image_ids: tuple[str, ...]
    sides: tuple[str, ...]
    first: Mapping[str, Integers]
    second: Mapping[str, Integers]


def write_attribute_predictions(predictions: AttributePredictions, path: Path) -> None:
    """Write the table that :func:`read_attribute_predictions` reads, whole or not at all."""
    header = [IMAGE, *predictions.values]
    header += [column(name, value) for name, known in predictions.values.items() for value in known]
    rows = []
    for place, image_id in enumerate(predictions.image_ids):
        said = [known[predictions.truth[name][place]] for name, known in predictions.values.items()]
        numbers = [
            f"{value:.6g}"
            for name in predictions.values
            for value in predictions.probabilities[name][place]
        ]
        rows.append([image_id, *said, *numbers])
    _write(path, header, rows)


def read_attribute_predictions(path: Path, values: Values) -> AttributePredictions:
    """Read and check a table of held-out predictions.

    Args:
        path: CSV with ``image_id``, a column an attribute with the reader's value, and a column
            ``probability_<attribute>_<value>`` a value; other columns are ignored.
        values: as the model's card has them.

    Raises:
        PredictionsError: one sentence that says what is wrong and what mends it.
    """
    reader = ColumnReader(path)
    numbers = [column(name, value) for name, known in values.items() for value in known]
    _check_columns(reader, [IMAGE, *values, *numbers])
    found = reader.columns([IMAGE, *values], numbers)
    probabilities: dict[str, Floats] = {}
    start = 0
    for name, known in values.items():
        probabilities[name] = found.numbers[:, start : start + len(known)]
        start += len(known)
    truth = {
        name: _positions(found.texts[name], known, name, reader.where)
        for name, known in values.items()
    }
    try:
        return AttributePredictions(values, found.texts[IMAGE], truth, probabilities)
    except PredictionsError as problem:
        raise PredictionsError(f"{reader.where}: {problem}") from None


def write_two_readers(readers: TwoReaders, path: Path) -> None:
    """Write the table that :func:`read_two_readers` reads, whole or not at all."""
    header = [IMAGE, SIDE]
    header += [f"{who}{name}" for name in readers.values for who in (FIRST, SECOND)]
    rows = [
        [
            image_id, readers.sides[place],
            *(
                known[who[name][place]]
                for name, known in readers.values.items()
                for who in (readers.first, readers.second)
            ),
        ]
        for place, image_id in enumerate(readers.image_ids)
    ]  # fmt: skip
    _write(path, header, rows)


def read_two_readers(path: Path, values: Values) -> TwoReaders:
    """Read and check what two readers said.

    Args:
        path: CSV with ``image_id``, ``side``, and ``first_<attribute>`` and
            ``second_<attribute>`` an attribute.
        values: as the model's card has them.

    Raises:
        PredictionsError: one sentence that says what is wrong and what mends it.
    """
    reader = ColumnReader(path)
    columns = [IMAGE, SIDE, *(f"{who}{name}" for name in values for who in (FIRST, SECOND))]
    _check_columns(reader, columns)
    texts = reader.columns(columns, []).texts

    def said(who: str) -> dict[str, Integers]:
        return {
            name: _positions(texts[f"{who}{name}"], known, name, reader.where)
            for name, known in values.items()
        }

    return TwoReaders(values, texts[IMAGE], texts[SIDE], said(FIRST), said(SECOND))


def column(name: str, value: str) -> str:
    """Title of the column of a value's probabilities."""
    return f"probability_{name}_{value}"


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    replace_file(path, stream.getvalue().encode())


def _check_columns(reader: ColumnReader, needed: list[str]) -> None:
    present = reader.header()
    for title in needed:
        if present.count(title) != 1:
            raise PredictionsError(
                f"{reader.where} has the column '{title}' {present.count(title)} times, expected "
                f"once: {AGAIN}, or restore the card that lies beside the table."
            )


def _positions(said: tuple[str, ...], known: tuple[str, ...], name: str, where: str) -> Integers:
    place = {value: index for index, value in enumerate(known)}
    for value in said:
        if value not in place:
            raise PredictionsError(
                f"{where} says '{display_name(value)}' of {name}, known are {', '.join(known)}: "
                f"{AGAIN}."
            )
    return np.array([place[value] for value in said], dtype=np.int64)
