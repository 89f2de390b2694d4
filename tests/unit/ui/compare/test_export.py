import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from leuko.errors import ImageError
from leuko.imaging.intake.uploads import Upload
from leuko.imaging.rendering.comparison_sheet import PANEL_PX, SheetPanel
from leuko.settings import Limits
from leuko.ui.compare.tables import _cell
from leuko.ui.compare.wording import agreement_sentence
from leuko.workbench.classification import Pace, Results, advance, result_key
from leuko.workbench.comparison import compare_rows
from leuko.workbench.exports.comparison import comparison_csv, comparison_png
from leuko.workbench.uploads import Tray
from tests import drawn
from tests.csv_lines import csv_lines
from tests.made_gates import FIELD, level, with_gates
from tests.made_session import MadeClassifier, make_result

pytestmark = pytest.mark.usefixtures("answers_alone")


@pytest.fixture
def tray():
    made = Tray()
    red = drawn.encode(np.full((30, 40, 3), (200, 0, 0), np.uint8), "PNG")
    made.add([Upload("=cmd()|x.png", red), Upload("bad.png", b"<html>")], Limits())
    return made


def lines_of(tray, cards, results, thresholds=(0.5, 0.9)):
    rows = compare_rows(tray, cards, results, thresholds)
    return list(csv_lines(comparison_csv(rows, cards, thresholds)))


def test_the_csv_has_a_line_an_image_and_model_and_no_formula(tray, cards):
    results = Results()
    for card in cards:
        advance(MadeClassifier(card), tray, results, Limits(), Pace())
    lines = lines_of(tray, cards, results)
    assert [(line["file"], line["model"]) for line in lines] == [
        ("'=cmd()|x.png", "first"),
        ("'=cmd()|x.png", "second"),
        ("bad.png", "first"),
        ("bad.png", "second"),
    ]
    assert [line["suggestion"] for line in lines] == ["ALL blast", "Normal cell (HEM)", "", ""]
    assert [line["most_probable"] for line in lines] == ["ALL", "ALL", "", ""]
    assert [line["suggests_malignant"] for line in lines] == ["true", "false", "", ""]
    assert {line["agreement"] for line in lines[:2]} == {"sides differ"}
    assert [line["deferred"] for line in lines] == ["false", "false", "", ""]
    assert lines[0]["verdict"] == "Model suggests: ALL blast, 0.78."
    assert lines[0]["threshold"], lines[1]["threshold"] == ("0.50", "0.90")
    shares = [float(lines[0][f"probability_{name}"]) for name in ("HEM", "ALL")]
    assert sum(shares) == pytest.approx(1, abs=1e-5)
    assert float(lines[0]["malignant_probability"]) == pytest.approx(shares[1])
    assert "not a picture" in lines[2]["error"]


def test_an_image_that_waits_for_a_model_has_a_line_without_figures(tray, cards):
    results = Results()
    advance(MadeClassifier(cards[0]), tray, results, Limits(), Pace())
    waiting = lines_of(tray, cards, results)[1]
    assert waiting["agreement"] == "waiting"
    assert waiting["probability_ALL"] == waiting["suggestion"] == ""


def test_the_png_holds_the_picture_and_every_panel(tray):
    heat = np.ones((3, 4), np.float32)
    data = comparison_png(
        tray.items[0], "They agree.", [SheetPanel("A", heat=heat), SheetPanel("B")], "", Limits()
    )
    with Image.open(io.BytesIO(data)) as sheet:
        assert sheet.format == "PNG"
        assert sheet.width > 3 * PANEL_PX
        reds = (np.asarray(sheet) == (200, 0, 0)).all(axis=2).sum()
    assert reds == 2 * PANEL_PX * round(PANEL_PX * 3 / 4)


def test_a_file_that_cannot_be_read_has_no_png_but_a_sentence(tray):
    item = tray.items[1]
    item.mark_unreadable("It is no picture.")
    with pytest.raises(ImageError, match="It is no picture"):
        comparison_png(item, "", [], "", Limits())


def test_a_model_that_leaves_the_class_open_does_so_in_the_csv_as_well(tray, cards):
    crop = tray.items[0]
    unsure = with_gates(cards[0], levels=[level(0.9, 0.0)])
    known = {
        result_key(card, crop): replace(make_result(card, 0.7), novelty=1.0, kind_guess=FIELD)
        for card in (unsure, cards[1])
    }
    rows = compare_rows(tray, [unsure, cards[1]], known, (0.5, 0.5))
    text = comparison_csv(rows, [unsure, cards[1]], (0.5, 0.5))
    first, second = list(csv_lines(text))[:2]
    assert (first["suggestion"], first["suggests_malignant"]) == ("any of 2 classes", "false")
    assert (second["suggestion"], second["suggests_malignant"]) == ("ALL blast", "true")
    assert first["most_probable"] == second["most_probable"] == "ALL"
    row = next(row for row in rows if row.item is crop)
    assert agreement_sentence(row, ["First", "Second"]) == (
        "First (any of 2 classes) leaves the class open. All put ALL blast first."
    )
    assert [_cell(row, place) for place in (0, 1)] == [
        "refer · 0.70 · any of 2 classes", "0.70 · ALL blast",
    ]  # fmt: skip


def test_no_cell_of_the_table_claims_certainty(tray, cards):
    crop = tray.items[0]
    known = {
        result_key(card, crop): make_result(card, probability)
        for card, probability in zip(cards, (0.998, 0.002, 0.5), strict=False)
    }
    row = next(
        one for one in compare_rows(tray, cards, known, (0.5,) * len(cards)) if one.item is crop
    )
    assert _cell(row, 0).startswith("> 0.99 · ")
    assert _cell(row, 1).startswith("< 0.01 · ")


def test_a_sheet_that_finds_no_memory_leaves_its_picture_readable(tray, monkeypatch):
    item = tray.items[0]

    def short_of_memory(*_):
        raise MemoryError

    monkeypatch.setattr("leuko.imaging.decoding.decode._read", short_of_memory)
    with pytest.raises(ImageError, match="memory"):
        comparison_png(item, "", [], "", Limits())
    assert item.error is None
    assert item.data
