import pytest

from leuko.models.store import list_models
from leuko.reporting.charts.heatmaps import cells_figure, removal_figure
from leuko.reporting.charts.palette import ModelStyle
from leuko.reporting.html.content import report_content
from leuko.reporting.html.heatmap_sections import NOT_MEASURED, RESULTS_ONLY
from leuko.reporting.html.model_report import model_report
from leuko.reporting.tables.heatmaps import figure_rows, method_sentences, sample_sentence
from leuko.reporting.text.heatmaps import Outcome, verdicts
from tests.made_explain_reports import made_report, measured, put_report, raw_report
from tests.made_models import make_model_folder

STYLE = ModelStyle("#4477AA")


def with_advantages(deletion, insertion):
    removal = raw_report()["removal"]
    removal["deletion"]["advantage"] = deletion
    removal["insertion"]["advantage"] = insertion
    return verdicts(made_report(removal=removal))[0]


def with_correlations(last, whole):
    randomised = raw_report()["randomisation"] | {"last_layer": last, "whole_network": whole}
    return verdicts(made_report(randomisation=randomised))[1]


def with_cells(**changes):
    return verdicts(made_report(cells=raw_report()["cells"] | changes))[2]


def with_stability(shifts, flips):
    stability = raw_report()["stability"]
    stability["shifts"]["correlation"] = shifts
    stability["flips"]["correlation"] = flips
    return verdicts(made_report(stability=stability))[3]


def test_each_question_gets_one_answer_with_its_figures():
    found = verdicts(made_report())
    assert [one.answer for one in found] == [Outcome.YES] * 4
    assert (
        "Removing what the heatmap marks lowers the score faster than removing random regions: "
        "yes, by 0.20 (0.15 to 0.25)."
    ) in found[0].sentence
    assert found[1].sentence.startswith("Yes: rank correlation")
    assert "0.10 (0.05 to 0.15) after shuffling the last layer" in found[1].sentence
    assert "70.0 % of the evidence falls on leukocytes, which fill 30.0 %" in found[2].sentence
    assert "No cell was found in 6 more pictures." in found[2].sentence
    assert (
        "Yes: correlation of the maps 0.90 (0.85 to 0.95) after shifts by 4 px" in found[3].sentence
    )


def test_heatmaps_that_are_no_better_than_chance_are_called_so():
    found = with_advantages(measured(0.01), measured(-0.2))
    assert found.answer is Outcome.NO
    assert found.sentence.startswith("This model's heatmaps do no better than random regions.")
    assert "not shown, the difference is 0.01 (−0.04 to 0.06)" in found.sentence
    assert "no, random regions do better, by 0.20 (0.15 to 0.25)" in found.sentence


def test_one_test_of_two_is_half_an_answer():
    found = with_advantages(measured(0.2), measured(0.0))
    assert found.answer is Outcome.PARTLY
    assert "Only one of the two tests speaks for its heatmaps." in found.sentence


def test_without_intervals_nothing_is_claimed():
    few = {"value": 0.4, "low": None, "high": None, "units": 4}
    found = with_advantages(few, few)
    assert found.answer is Outcome.OPEN
    assert found.sentence.startswith("Too few groups to tell. Removing what")
    assert "faster than removing random regions: by 0.40 on average." in found.sentence
    assert with_correlations(few, few).answer is Outcome.OPEN
    assert with_cells(advantage=few).answer is Outcome.OPEN


@pytest.mark.parametrize(
    ("last", "whole", "answer", "words"),
    [
        (0.9, 0.9, Outcome.NO, "the shapes of the picture rather than"),
        (0.9, 0.1, Outcome.PARTLY, "It stays alike where the last layer is shuffled."),
        (0.1, 0.9, Outcome.PARTLY, "It stays alike where all weights are shuffled."),
        (0.48, 0.1, Outcome.PARTLY, "It stays alike where the last layer is shuffled."),
    ],
)
def test_a_map_that_survives_shuffled_weights_is_not_trusted(last, whole, answer, words):
    found = with_correlations(measured(last), measured(whole))
    assert found.answer is answer
    assert words in found.sentence


@pytest.mark.parametrize(
    ("advantage", "mostly_outside", "answer"),
    [
        (0.4, 4, Outcome.YES),
        (0.4, 30, Outcome.PARTLY),
        (0.01, 4, Outcome.NO),
        (-0.4, 4, Outcome.NO),
    ],
)
def test_evidence_must_prefer_cells_over_their_share_of_the_area(advantage, mostly_outside, answer):
    found = with_cells(advantage=measured(advantage), mostly_outside=mostly_outside)
    assert found.answer is answer
    assert f"mostly outside in {mostly_outside} of 40 pictures" in found.sentence


def test_a_preference_too_small_to_see_is_none():
    outside = raw_report()["cells"]["outside"]
    small = {"nucleus": {"mean": 0.1}, "cytoplasm": {"mean": 0.23}, "outside": {"mean": 0.67}}
    parts = {name: raw_report()["cells"][name] | change for name, change in small.items()}
    assert outside["area"] == 0.7
    found = with_cells(**parts, advantage=measured(0.03, spread=0.01))
    assert found.answer is Outcome.NO
    assert "No, hardly more than by chance: 33.0 % of the evidence" in found.sentence


def test_where_cells_fill_the_picture_evidence_on_them_says_nothing():
    parts = {
        name: raw_report()["cells"][name] | change
        for name, change in {
            "nucleus": {"mean": 0.7},
            "cytoplasm": {"mean": 0.29},
            "outside": {"mean": 0.01, "area": 0.02},
        }.items()
    }
    found = with_cells(**parts)
    assert found.answer is Outcome.OPEN
    assert found.sentence.startswith("This cannot be said, there is hardly anything but cells")


def test_without_cells_nothing_is_said_of_them():
    nothing = dict.fromkeys(("nucleus", "cytoplasm", "outside", "advantage"))
    report = made_report(cells={"images": 0, "without_cell": 48, "mostly_outside": 0, **nothing})
    verdict = verdicts(report)[2]
    assert verdict.answer is Outcome.OPEN
    assert "a cell was found in 0 pictures with evidence only" in verdict.sentence
    assert cells_figure(report.cells, STYLE) is None


@pytest.mark.parametrize(
    ("shifts", "flips", "answer"),
    [(0.9, 0.9, Outcome.YES), (0.9, 0.6, Outcome.PARTLY), (0.3, 0.9, Outcome.NO)],
)
def test_the_less_stable_movement_decides(shifts, flips, answer):
    assert with_stability(measured(shifts), measured(flips)).answer is answer


def test_of_empty_heatmaps_nothing_can_be_concluded():
    (verdict,) = verdicts(made_report(with_evidence=4))
    assert verdict.answer is Outcome.OPEN
    assert verdict.sentence.startswith("Nothing can be concluded: 4 of 48 pictures have")


def test_the_sample_and_the_methods_are_named():
    words = sample_sentence(made_report())
    assert "48 of 120 test pictures" in words
    assert "24 groups, which were resampled whole" in words
    assert "4 groups, too few for intervals" in sample_sentence(made_report(groups=4))
    assert "the true uncertainty is larger" in sample_sentence(made_report(groups=9))
    assert "all 48 test pictures" in sample_sentence(made_report(test_images=48))
    sources = " ".join(method_sentences(made_report()))
    assert "Petsiuk et al. 2018" in sources
    assert "Adebayo et al. 2018" in sources


def test_every_figure_stands_in_one_row():
    rows = figure_rows(made_report())
    assert len(rows) == 16
    assert {tuple(row) for row in rows} == {("Figure", "Value", "Images")}
    assert rows[2] == {
        "Figure": "Removal: advantage of the heatmap",
        "Value": "0.20 (0.15 to 0.25)",
        "Images": "46",
    }


def test_curves_are_drawn_beside_their_random_baseline():
    report = made_report()
    figure = removal_figure(report.removal, STYLE)
    assert [tuple(trace.y) for trace in figure.data] == [
        report.removal.deletion.random,
        report.removal.deletion.heatmap,
        report.removal.insertion.random,
        report.removal.insertion.heatmap,
    ]
    assert figure.data[1].line.color == STYLE.colour
    assert [trace.showlegend for trace in figure.data] == [True, True, False, False]


def test_the_spread_on_cells_is_drawn_from_quantiles_beside_the_area():
    report = made_report()
    box, areas = cells_figure(report.cells, STYLE).data
    assert box.median == (0.5, 0.2, 0.3)
    assert box.lowerfence == (0.1, pytest.approx(0.04), pytest.approx(0.06))
    assert areas.x == (0.2, 0.1, 0.7)


def printed(root):
    return model_report(report_content(list_models(root).get("made"), STYLE), "2025-11-21")


def test_the_printed_report_holds_the_verdicts_and_both_charts(tmp_path):
    folder = make_model_folder(tmp_path, "made", weights=True)
    assert NOT_MEASURED in printed(tmp_path)
    assert "python -m leuko explain-report made --data FOLDER" in printed(tmp_path)
    put_report(folder)
    page = printed(tmp_path)
    for words in (
        "How far its heatmaps can be trusted",
        "yes, by 0.20 (0.15 to 0.25).",
        "The score while pixels are removed",
        "The evidence on leukocytes and beside them",
    ):
        assert words in page


def test_the_printed_report_refuses_a_foreign_record_and_keeps_the_rest(tmp_path):
    put_report(make_model_folder(tmp_path, "made", weights=True), weights_sha256="f" * 64)
    page = printed(tmp_path)
    assert "was made with other weights than its own" in page
    assert "Reliability" in page


def test_a_folder_of_results_only_has_no_heatmaps_to_judge(tmp_path):
    make_model_folder(tmp_path, "made")
    assert RESULTS_ONLY in printed(tmp_path)
