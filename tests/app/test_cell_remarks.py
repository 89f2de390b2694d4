"""What is told of a model where it is chosen: evidence on nuclei, laboratories left out."""

import pytest

from leuko.models.heatmap_report import ExplainReport
from leuko.models.store import list_models
from leuko.reporting.text.heatmaps import evidence_on_nuclei, evidence_on_nuclei_briefly
from leuko.ui.state.cell_results import cell_remark
from tests import ROOT
from tests.app.driving import on_page, open_app
from tests.made_cell_tables import make_cell_model
from tests.made_explain_reports import made_report, part, put_report, raw_report
from tests.made_models import make_model_folder

TENTH = {
    "images": 48,
    "without_cell": 0,
    "mostly_outside": 47,
    "nucleus": part(0.1, 0.09, 48),
    "cytoplasm": part(0.02, 0.01, 48),
    "outside": part(0.88, 0.9, 48),
    "advantage": {"value": 0.02, "low": 0.0, "high": 0.04, "units": 24},
}
SENTENCE = (
    "10 % of its evidence lies on nuclei, which cover 9 % of the picture; it lies mostly outside "
    "cells in 47 of 48 pictures measured."
)
BRIEF = "10 % of its evidence on nuclei (9 % of the picture)"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKO_CACHE", str(tmp_path / "cache"))


def sidebar(app):
    parts = [*app.sidebar.markdown, *app.sidebar.caption]
    return "\n".join(part.value for part in parts).replace("\\", "")


def remark(root, name, **how):
    return cell_remark(list_models(root).get(name), **how)


def test_the_sentence_is_made_from_the_report():
    assert evidence_on_nuclei(made_report(cells=TENTH)) == SENTENCE
    assert evidence_on_nuclei_briefly(made_report(cells=TENTH)) == BRIEF


def test_a_handful_of_pictures_says_nothing():
    few = TENTH | {
        "images": 4, "mostly_outside": 4,
        **{name: part(TENTH[name]["mean"], TENTH[name]["area"], 4)
           for name in ("nucleus", "cytoplasm", "outside")},
    }  # fmt: skip
    report = ExplainReport.model_validate(raw_report(cells=few))
    assert evidence_on_nuclei(report) is None
    assert evidence_on_nuclei_briefly(report) is None


def test_diagnose_and_compare_tell_it_of_a_model_of_fields(weights):
    for name in ("one", "two"):
        put_report(make_model_folder(weights, name, weights=True), cells=TENTH)
    app = open_app()
    assert SENTENCE in sidebar(app)
    assert sidebar(on_page(app, "compare")).count(BRIEF) == 2


def test_a_model_of_fields_without_a_report_says_nothing(weights):
    make_model_folder(weights, "one", weights=True)
    assert remark(weights, "one") == ""
    assert "evidence" not in sidebar(open_app())


def test_a_broken_report_is_told_on_the_performance_page_only(weights):
    put_report(make_model_folder(weights, "one", weights=True), report_version=9)
    assert remark(weights, "one") == ""


def test_the_shipped_models_of_fields_carry_their_figure():
    """The figure that the reports in their folders hold: a tenth on nuclei, on no more area."""
    told = {model.id: cell_remark(model) for model in list_models(ROOT / "weights").offered()}
    assert told["mobilenetv2-taleqani"].startswith("10 % of its evidence lies on nuclei")
    assert "48 of 48 pictures measured" in told["mobilenetv2-taleqani"]
    assert told["mobilenetv2-all-idb2"] == ""


def test_a_cell_model_tells_what_it_is_worth_in_new_laboratories(weights):
    make_cell_model(weights, "made", weights=True)
    assert remark(weights, "made").startswith("Balanced accuracy 0.8")
    assert "mean over 3 laboratories it never saw; lowest" in remark(weights, "made")
    assert remark(weights, "made", brief=True).startswith("new laboratories: balanced accuracy 0.8")
    assert "laboratories it never saw" in sidebar(open_app())


def test_a_cell_model_that_nobody_measured_says_so(weights):
    make_cell_model(weights, "made", twins=False, weights=True)
    assert "Nobody has measured this model on a laboratory" in remark(weights, "made")
    assert remark(weights, "made", brief=True) == "new laboratories: not measured"
