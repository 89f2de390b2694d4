import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from leuko.imaging.intake.uploads import Upload
from leuko.settings import Limits
from leuko.workbench.classification import Pace, Results, advance, result_key
from leuko.workbench.exports.batch import heatmaps_zip, results_csv
from leuko.workbench.rows import review_rows, tally
from leuko.workbench.uploads import Tray
from tests import drawn
from tests.csv_lines import csv_lines
from tests.made_gates import CROP, FIELD, level, with_gates
from tests.made_session import MadeClassifier, make_card, make_result

pytestmark = pytest.mark.usefixtures("answers_alone")


def plain_png(red, size=(40, 30)):
    return drawn.encode(np.full((size[1], size[0], 3), (red, 0, 0), np.uint8), "PNG")


@pytest.fixture
def card(tmp_path):
    return make_card(tmp_path)


@pytest.fixture
def classified(card):
    """Four files: mild, unreadable, severe, and one that still waits."""
    tray, results = Tray(), Results()
    tray.add(
        [
            Upload("mild.png", plain_png(60)),
            Upload("=cmd()|x.png", b"<html>"),
            Upload("../up/severe.png", plain_png(250)),
        ],
        Limits(),
    )
    advance(MadeClassifier(card), tray, results, Limits(), Pace())
    tray.add([Upload("later.png", plain_png(10))], Limits())
    return tray, results


def test_the_worst_comes_first_and_nothing_is_hidden(card, classified):
    rows = review_rows(classified[0], card, classified[1])
    assert [row.item.number for row in rows] == [1, 2, 0, 3]
    assert [row.suggestion for row in rows] == [
        "not readable", "ALL blast", "Normal cell (HEM)", "waiting",
    ]  # fmt: skip


def test_the_summary_counts_every_file_once(card, classified):
    counts = tally(review_rows(classified[0], card, classified[1]))
    assert counts.sentence == "4 images · 1 suggest malignant · 1 not readable · 1 waiting"
    assert tally([]).sentence == "0 images"


def test_the_csv_has_a_line_a_file_and_no_formula(card, classified):
    text = results_csv(review_rows(classified[0], card, classified[1]), card)
    lines = list(csv_lines(text))
    assert len(lines) == 4
    bad, severe, mild, later = lines
    assert bad["file"].startswith("'=")
    assert bad["error"]
    assert bad["suggestion"] == ""
    assert (severe["suggestion"], severe["most_probable"]) == ("ALL blast", "ALL")
    assert severe["suggests_malignant"] == "true"
    assert float(severe["probability_ALL"]) == pytest.approx(250 / 255, abs=1e-6)
    assert float(severe["probability_ALL"]) + float(severe["probability_HEM"]) == pytest.approx(1)
    assert mild["suggests_malignant"] == "false"
    assert later["suggestion"] == ""
    assert severe["weights_sha256"] == card.weights.sha256
    assert severe["model_fingerprint"] == card.fingerprint


def test_another_threshold_flips_suggestions_counts_and_csv_but_no_probability(card, classified):
    tray, results = classified
    rows = review_rows(tray, card, results, 0.2)
    assert [row.suggestion for row in rows if row.result] == ["ALL blast", "ALL blast"]
    assert tally(rows).malignant == 2
    lines = list(csv_lines(results_csv(rows, card, 0.2)))
    assert {(line["threshold"], line["model_threshold"]) for line in lines} == {("0.20", "0.50")}
    assert [line["suggests_malignant"] for line in lines] == ["", "true", "true", ""]
    assert [line["most_probable"] for line in lines] == ["", "ALL", "HEM", ""]
    own = list(csv_lines(results_csv(review_rows(tray, card, results), card)))
    assert {line["threshold"] for line in own} == {"0.50"}
    assert [line["suggests_malignant"] for line in own] == ["", "true", "false", ""]
    assert [line["probability_ALL"] for line in own] == [line["probability_ALL"] for line in lines]


@pytest.fixture
def looking_up(card, classified):
    """A cell in the upper half of each picture; the severe one's evidence is below it."""
    tray, results = classified
    cells = np.zeros((30, 40), np.uint8)
    cells[:10], cells[10:15] = 2, 1
    for item in tray.items:
        key = result_key(card, item)
        if key in results:
            evidence = np.zeros_like(results[key].evidence)
            height = evidence.shape[1]
            if item.name.endswith("severe.png"):
                evidence[:, -1] = 1
            else:
                evidence[:, : height // 2] = 1
            results.add(key, replace(results[key], evidence=evidence).with_cells(cells))
    return tray, results


def test_evidence_mostly_outside_of_the_cells_is_remarked_upon_and_stands_in_the_csv(
    card, looking_up
):
    rows = review_rows(looking_up[0], card, looking_up[1])
    _, severe, mild, later = rows
    assert "mostly outside the cells" in severe.remark
    assert mild.remark == later.remark == ""
    lines = list(csv_lines(results_csv(rows, card)))
    shares = [[line[name] for name in ("nucleus", "cytoplasm", "outside")] for line in lines]
    assert shares[0] == shares[3] == ["", "", ""]
    assert float(shares[1][2]) > 0.5
    assert float(shares[2][2]) < 0.5
    for values in shares[1:3]:
        assert sum(map(float, values)) == pytest.approx(1, abs=2e-4)
    assert [line["notes"] for line in lines] == ["", severe.remark, "", ""]


def test_a_picture_without_a_cell_says_so_and_has_no_shares(card, classified):
    tray, results = classified
    for key, result in results.items():
        results.add(key, result.with_cells(np.zeros((30, 40), np.uint8)))
    rows = review_rows(tray, card, results)
    assert rows[1].remark.startswith("No leukocyte was found in this picture")
    (line,) = list(csv_lines(results_csv(rows[1:2], card)))
    assert [line[name] for name in ("nucleus", "cytoplasm", "outside")] == ["", "", ""]


def test_the_zip_holds_a_heatmap_of_each_picture_at_its_own_size(card, classified):
    tray, results = classified
    content = heatmaps_zip(review_rows(tray, card, results), card, Limits())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert len(names) == 2
        assert not any(".." in name or "/" in name for name in names)
        for name in names:
            with Image.open(archive.open(name)) as image:
                assert image.size == (40, 30)


def test_probabilities_in_the_table_are_those_of_the_results(card, classified):
    tray, results = classified
    rows = review_rows(tray, card, results)
    severe = results[result_key(card, tray.items[2])]
    assert rows[1].malignant_probability == severe.malignant_probability
    assert rows[0].malignant_probability is None


@pytest.fixture
def gated(card, classified):
    """A model of fields with gates; the mild picture is out of distribution, the severe not."""
    tray, results = classified
    gated = with_gates(card)
    known = {}
    for item in tray.items:
        result = results.get(result_key(card, item))
        if result is not None:
            novelty = 9.0 if item.name == "mild.png" else 1.0
            known[result_key(gated, item)] = replace(result, novelty=novelty, kind_guess=FIELD)
    return gated, tray, Results(known)


def test_a_deferred_picture_is_above_a_worse_one_that_is_not_and_never_hidden(gated):
    card, tray, results = gated
    rows = review_rows(tray, card, results)
    assert [row.item.number for row in rows] == [1, 0, 2, 3]
    assert [row.deferred for row in rows] == [False, True, False, False]
    assert "1 deferred" in tally(rows).sentence
    assert rows[1].suggestion == "Normal cell (HEM)"


def test_the_csv_tells_the_verdict_with_its_reasons(gated):
    card, tray, results = gated
    rows = review_rows(tray, card, results)
    unread, novelty, sure, later = csv_lines(results_csv(rows, card))
    assert novelty["deferred"] == "true"
    assert novelty["in_distribution"] == "false"
    assert "unlike those that this model learnt from" in novelty["reasons"]
    assert novelty["verdict"] == rows[1].verdict.sentence
    assert float(novelty["strangeness"]) == 9
    assert sure["deferred"] == "false"
    assert (sure["kind"], sure["kind_fits"], sure["prediction_set"]) == ("field", "true", "ALL")
    assert sure["coverage"] == "0.9"
    for line in (unread, later):
        assert line["verdict"] == line["deferred"] == line["kind"] == ""


def test_a_picture_of_another_kind_has_no_class_anywhere_until_somebody_insists(gated):
    card, tray, results = gated
    severe = tray.items[2]
    key = result_key(card, severe)
    results.add(key, replace(results[key], kind_guess=CROP))
    rows = review_rows(tray, card, results)
    refused = next(row for row in rows if row.item is severe)
    assert refused.suggestion == "other kind of picture"
    assert refused.malignant_probability is None
    assert tally(rows).malignant == 0
    lines = {line["file"]: line for line in csv_lines(results_csv(rows, card))}
    line = lines[severe.name]
    assert line["suggestion"] == "other kind of picture"
    assert line["suggests_malignant"] == line["most_probable"] == line["probability_ALL"] == ""
    assert line["verdict"].startswith("This looks like a single-cell crop;")
    with zipfile.ZipFile(io.BytesIO(heatmaps_zip(rows, card, Limits()))) as archive:
        assert len(archive.namelist()) == 1
    rows = review_rows(tray, card, results, anyway={severe.sha256})
    (line,) = [each for each in csv_lines(results_csv(rows, card)) if each["file"] == severe.name]
    assert line["suggestion"] == "ALL blast"
    assert (line["used_anyway"], line["deferred"]) == ("true", "true")
    assert tally(rows).malignant == 1


def test_results_of_other_gates_are_not_taken_for_those_of_this_model(card, gated):
    assert result_key(card, gated[1].items[0]) != result_key(gated[0], gated[1].items[0])


def test_table_tally_and_csv_say_what_the_verdict_says(card, gated):
    _, tray, known = gated
    unsure = with_gates(card, levels=[level(0.9, 0.0)])
    results = {
        result_key(unsure, item): replace(found, novelty=1.0)
        for item in tray.items
        if (found := known.get(result_key(gated[0], item))) is not None
    }
    rows = review_rows(tray, unsure, results)
    assert [row.suggestion for row in rows if row.result] == ["any of 2 classes"] * 2
    assert tally(rows).sentence == (
        "4 images · 0 suggest malignant · 2 deferred · 1 not readable · 1 waiting"
    )
    lines = [line for line in csv_lines(results_csv(rows, unsure)) if line["verdict"]]
    assert [line["suggestion"] for line in lines] == ["any of 2 classes"] * 2
    assert [line["suggests_malignant"] for line in lines] == ["false"] * 2
    assert [line["most_probable"] for line in lines] == ["ALL", "HEM"]
    assert all(line["verdict"].startswith("Model suggests: any of its 2") for line in lines)


def test_heatmaps_in_the_zip_are_those_of_the_class_that_the_verdict_names(card, classified):
    tray, _ = classified
    severe = tray.items[2]
    low = card.model_copy(update={"decision_threshold": 0.3})
    unsure = with_gates(low, levels=[level(0.9, 0.0)])
    # Above the threshold of 0.3, so ALL is suggested; the verdict says that HEM is likelier.
    result = replace(make_result(unsure, 0.4), novelty=1.0, kind_guess=FIELD)
    assert result.label == "ALL"
    rows = review_rows(tray, unsure, {result_key(unsure, severe): result})
    row = next(each for each in rows if each.item is severe)
    assert "most probable is Normal cell (HEM)" in row.verdict.sentence
    assert row.shown_first == "HEM"
    with zipfile.ZipFile(io.BytesIO(heatmaps_zip(rows, unsure, Limits()))) as archive:
        assert [name.endswith("_HEM.png") for name in archive.namelist()] == [True]
