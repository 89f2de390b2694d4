"""The section on heatmaps in the tab of one model, driven through AppTest."""

import json

import pytest

from tests.app.driving import run_alone, words
from tests.made_explain_reports import put_report
from tests.made_models import make_model_folder

TITLE = "**How far can its heatmaps be trusted?**"
COMMAND = "python -m leuko explain-report made --data FOLDER"
OPEN_THE_TAB = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=300)
app.session_state["performance_view"] = "One model"
app.run()
assert not app.exception, app.exception
assert any("random regions" in part.value for part in app.markdown), "no verdict"
assert "torch" not in sys.modules, "the tab imported torch"
"""


def chart_keys(app):
    return " ".join(chart.proto.id for chart in app.get("plotly_chart"))


def test_the_verdicts_stand_first_then_charts_and_every_figure(tab, weights):
    put_report(make_model_folder(weights, "made", weights=True))
    app = tab()
    text = words(app)
    assert TITLE in text
    assert "faster than removing random regions: yes, by 0.20 (0.15 to 0.25)." in text
    assert "Measured on 48 of 120 test pictures" in text
    assert "performance_removal_made" in chart_keys(app)
    assert "performance_on_cells_made" in chart_keys(app)
    (table,) = [
        t.value for t in app.dataframe if "Removal: advantage of the heatmap" in str(t.value)
    ]
    assert len(table) == 16
    offered = {part.key for part in app.get("download_button")}
    assert "performance_download_made_Heatmaps_csv" in offered
    assert "performance_download_made_Evidence on cells_html" in offered


def test_where_nobody_measured_one_sentence_names_the_command(tab, weights):
    make_model_folder(weights, "made", weights=True)
    app = tab()
    assert TITLE in words(app)
    assert COMMAND in words(app)
    assert "performance_removal" not in chart_keys(app)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weights_sha256": "f" * 64}, "was made with other weights than its own"),
        ({"report_version": 2}, "is of version 2, this leuko reads up to version 1"),
        ({"images": -1}, "is wrong at 'images'"),
    ],
)
def test_a_report_that_is_not_in_order_is_refused_and_the_rest_of_the_page_stays(
    tab, weights, changes, sentence
):
    put_report(make_model_folder(weights, "made", weights=True), **changes)
    app = tab()
    assert sentence in words(app)
    assert "performance_removal" not in chart_keys(app)
    assert "performance_confusion" in chart_keys(app)
    assert "performance_training" in chart_keys(app)
    assert "**Split**" in words(app)


def test_a_file_that_is_no_json_is_refused_and_the_rest_of_the_page_stays(tab, weights):
    put_report(make_model_folder(weights, "made", weights=True)).write_bytes(b"\x80\x04\x95")
    app = tab()
    assert "The report on the heatmaps of 'made' cannot be read" in words(app)
    assert "performance_training" in chart_keys(app)


def test_a_model_of_results_only_has_no_heatmaps_to_judge(tab, weights):
    make_model_folder(weights, "made")
    assert "there is no network whose heatmaps to judge" in words(tab())


def test_empty_heatmaps_show_one_verdict(tab, weights):
    nothing = dict.fromkeys(("nucleus", "cytoplasm", "outside", "advantage"))
    moved = {"correlation": None, "changed": 0.0, "changed_images": 0}
    put_report(
        make_model_folder(weights, "made", weights=True),
        with_evidence=0,
        removal=None,
        randomisation=None,
        cells={"images": 0, "without_cell": 0, "mostly_outside": 0, **nothing},
        stability={
            "images": 48,
            "images_with_evidence": 0,
            "shift_px": 4,
            "shifts": moved,
            "flips": moved,
        },
    )
    app = tab()
    assert "Nothing can be concluded: 0 of 48 pictures" in words(app)
    assert "performance_removal" not in chart_keys(app)
    assert "performance_on_cells" not in chart_keys(app)


def test_the_section_never_imports_torch(weights):
    put_report(make_model_folder(weights, "made", weights=True))
    run_alone(OPEN_THE_TAB)


def test_the_downloaded_table_says_what_the_page_says(tab, weights):
    put_report(make_model_folder(weights, "made", weights=True))
    table = next(t.value for t in tab().dataframe if "Removal" in str(t.value))
    records = json.loads(table.to_json(orient="records"))
    assert records[2]["Value"] == "0.20 (0.15 to 0.25)"
