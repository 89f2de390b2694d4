"""Reads the CSV files that people download."""

import csv
import io


def csv_lines(text):
    """The lines of a table as dictionaries; it must begin with a byte order mark, for Excel."""
    assert text.startswith("\ufeff")
    return csv.DictReader(io.StringIO(text[1:], newline=""))
