"""The figures of the finder: read strictly, written whole."""

import json

import pytest
from pydantic import ValidationError

from leuko.errors import PredictionsError
from leuko.evaluation.cells.finder import (
    FIGURES_FILE,
    FinderFigures,
    read_finder_figures,
    write_finder_figures,
)
from tests.made_finder_figures import finder_figures


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "finder_figures.json"
    write_finder_figures(finder_figures(), found)
    return found


def edit(path, change):
    raw = json.loads(path.read_text())
    change(raw)
    path.write_text(json.dumps(raw))
    return path


def test_what_is_written_is_read_again(path):
    assert read_finder_figures(path) == finder_figures()


def test_fields_become_counts(path):
    counts = read_finder_figures(path).counts
    assert len(counts) == len(finder_figures().fields)
    assert (counts[0].set, counts[0].true, counts[0].found) == ("BCCD", 1, 1)


def test_where_nobody_measured_there_is_nothing(tmp_path):
    assert read_finder_figures(tmp_path / "absent.json") is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda raw: raw.update(figures_version=2), "is of version 2, this leuko reads up to"),
        (lambda raw: raw.update(colour="red"), "is wrong at 'colour'"),
        (lambda raw: raw["detections"][0].update(hits=10_000), "more hits than cells"),
        (lambda raw: raw["detections"][0]["f1"].update(low=0.999), "lies above the upper one"),
        (lambda raw: raw["detections"][0]["f1"].update(low=None), "needs both of its limits"),
        (lambda raw: raw["overlaps"][0].update(part="membrane"), "is wrong at 'overlaps.0.part'"),
        (lambda raw: raw["fields"][0].update(true=-1), "is wrong at 'fields.0.true'"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_what_to_do(path, change, sentence):
    with pytest.raises(PredictionsError, match=sentence):
        read_finder_figures(edit(path, change))


def test_what_is_no_json_is_refused(path):
    path.write_text("{")
    with pytest.raises(
        PredictionsError, match=r"cannot be read .* 'python -m leuko measure-cells'"
    ):
        read_finder_figures(path)


def test_the_file_that_comes_with_the_package_is_in_order_where_it_is_there():
    assert (read_finder_figures() is not None) == FIGURES_FILE.is_file()


def test_an_unknown_entry_is_no_figure():
    with pytest.raises(ValidationError):
        FinderFigures(made="2026-11-28", precision=0.9)
