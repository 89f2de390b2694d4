import importlib
import io
import zipfile

import numpy as np
import pytest

from leuko.imaging.intake.uploads import Upload
from leuko.settings import Limits
from leuko.workbench.classification import Pace, Results, advance
from leuko.workbench.exports.batch import LEFT_OUT, heatmap_name, heatmaps_zip
from leuko.workbench.rows import review_rows
from leuko.workbench.uploads import Tray
from tests import drawn
from tests.made_session import MadeClassifier, make_card

pytestmark = pytest.mark.usefixtures("answers_alone")


@pytest.fixture
def card(tmp_path):
    return make_card(tmp_path)


@pytest.fixture
def classified(card):
    """Two pictures with their results, the severe one first in the table."""
    tray, results = Tray(), Results()
    tray.add(
        [
            Upload(f"{name}.png", drawn.encode(np.full((30, 40, 3), (red, 0, 0), np.uint8), "PNG"))
            for name, red in (("mild", 60), ("severe", 250))
        ],
        Limits(),
    )
    advance(MadeClassifier(card), tray, results, Limits(), Pace())
    return tray, results


def members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def fail_once(monkeypatch, module_name, name):
    """Let the next call of a function find no memory."""
    work, calls = getattr(importlib.import_module(module_name), name), []

    def short_of_memory(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise MemoryError
        return work(*arguments)

    monkeypatch.setattr(f"{module_name}.{name}", short_of_memory)


@pytest.mark.parametrize(
    ("module_name", "name"),
    [("leuko.imaging.decoding.decode", "_read"), ("leuko.workbench.exports.batch", "overlay")],
)
def test_a_picture_that_finds_no_memory_in_an_export_is_named_there_and_stays_readable(
    card, classified, monkeypatch, module_name, name
):
    tray, results = classified
    rows = review_rows(tray, card, results)
    complete = members(heatmaps_zip(rows, card, Limits()))
    assert LEFT_OUT not in complete
    before = [(item.error, item.data) for item in tray.items]
    fail_once(monkeypatch, module_name, name)
    found = members(heatmaps_zip(rows, card, Limits()))
    (left,) = [one for one in found if one != LEFT_OUT]
    assert left.startswith("mild")
    line = found[LEFT_OUT].decode()
    assert line.startswith("severe.png: ")
    assert "memory" in line
    assert [(item.error, item.data) for item in tray.items] == before
    assert [row.suggestion for row in review_rows(tray, card, results)] == [
        row.suggestion for row in rows
    ]
    assert members(heatmaps_zip(rows, card, Limits())) == complete


def test_the_name_of_a_heatmap_says_model_class_and_that_nobody_should_rely_on_it(card):
    taken = set()
    names = [
        heatmap_name("a.png", card, taken),
        heatmap_name("a.png", card, taken, label="ALL"),
        heatmap_name("a.png", card, taken, label="ALL", anyway=True),
    ]
    assert names == [
        f"a_{card.id}.png", f"a_{card.id}_ALL.png", f"a_{card.id}_ALL_used_anyway.png",
    ]  # fmt: skip
