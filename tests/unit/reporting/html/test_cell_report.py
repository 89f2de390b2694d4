"""The printable report of a model that reads cells."""

import re

import pytest

from leuko.models.store import list_models
from leuko.reporting.charts.palette import ModelStyle
from leuko.reporting.html.cell_sections import KNOWN, NEW
from leuko.reporting.html.content import report_content
from leuko.reporting.html.model_report import model_report
from tests.made_cell_tables import make_cell_model
from tests.made_models import make_model_folder


@pytest.fixture
def report(tmp_path, monkeypatch):
    """Gives the report of a made model; names of charts' scripts are left out."""
    monkeypatch.setenv("LEUKO_CACHE", str(tmp_path / "cache"))

    def made(make=make_cell_model, **changes):
        make(tmp_path, "made", **changes)
        content = report_content(list_models(tmp_path).get("made"), ModelStyle("#4477AA"))
        return re.sub(
            r"<script.*?</script>", "", model_report(content, "2026-11-28"), flags=re.DOTALL
        )

    return made


def test_laboratories_left_out_stand_before_every_pooled_figure(report):
    text = report()
    places = [text.index(title) for title in (NEW, KNOWN, "Figures at the decision threshold")]
    assert places == sorted(places)
    assert "for each laboratory a twin of this model was trained without it" in text
    assert "Balanced accuracy 0.82 (0.79–0.86), mean over 3 laboratories it never saw" in text
    assert "ALL-IDB2" in text
    assert "Zheng (wbc_segmentation)" in text


def test_where_nobody_measured_the_report_says_so_first(report):
    text = report(twins=False)
    assert "Nobody has measured this model on a laboratory that it never saw" in text
    assert KNOWN in text


def test_without_held_out_cells_the_table_of_laboratories_is_still_there(report):
    text = report(held_out=False)
    assert NEW in text
    assert KNOWN not in text


def test_a_model_that_reads_no_cells_has_neither_section(report):
    text = report(make_model_folder)
    assert NEW not in text
    assert KNOWN not in text
