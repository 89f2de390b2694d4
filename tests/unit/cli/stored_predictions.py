"""Changes the stored predictions of a model folder."""

import csv
import itertools


def change_predictions(folder, edit, first=None):
    """Hand the rows of the table to ``edit``, one by one; the ``first`` so many, or all."""
    path = folder / "test_predictions.csv"
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in itertools.islice(rows, first):
        edit(row)
    with path.open("w", newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
