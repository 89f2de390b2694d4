"""``measure-kinds`` fits, measures and writes its page from any folders."""

import json
import shutil

import pytest

from leuko.calibration.kind.synthetic_negatives import draw_other
from leuko.cli import measure_kinds
from leuko.inspection.kind.forest import FOREST_FILE, ForestFile
from tests import drawn
from tests.made_data import make_all_idb2, make_bccd, make_c_nmc


@pytest.fixture(autouse=True)
def fitted(tmp_path, monkeypatch):
    """A copy of the package's forest, which no test may overwrite."""
    copy = tmp_path / "forest.json"
    shutil.copy(FOREST_FILE, copy)
    monkeypatch.setattr(measure_kinds, "FOREST_FILE", copy)
    return copy


@pytest.fixture
def data(tmp_path):
    make_all_idb2(tmp_path / "all_idb2", per_class=5)
    make_c_nmc(tmp_path / "c_nmc")
    make_bccd(tmp_path / "bccd", fields=10)
    return tmp_path


@pytest.fixture
def others(tmp_path):
    folder = tmp_path / "photographs"
    folder.mkdir()
    for number in range(6):
        pixels = draw_other("shapes", 900 + number)
        (folder / f"{'abcdef'[number]}.png").write_bytes(drawn.encode(pixels, "PNG"))
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def test_the_forest_of_the_package_is_measured_on_held_out_pictures(leuko, data, others, tmp_path):
    page = tmp_path / "KINDS.md"
    words = ("--data", data, "--others", others, "--drawings", "4", "--json", "--write", page)
    done = leuko("measure-kinds", *words)
    assert done.code == 0
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert {line["part"] for line in lines} == {"held out", "made from held out", "left out"}
    total = {
        line["kind"]: line["pictures"]
        for line in lines
        if line["part"] == "held out" and line["name"] == "all blood"
    }
    assert set(total) == {"field", "crop", "segmented"}
    assert "1 pictures could not be read" in done.err
    text = page.read_text("utf-8")
    assert "do not edit" in text
    assert str(tmp_path) not in text
    for collection in ("all_idb2", "bccd", "c_nmc", "photographs", "drawn, plot"):
        assert f"| {collection} |" in text


def test_fitting_writes_a_forest_that_names_what_it_was_fitted_on(leuko, data, fitted):
    done = leuko("measure-kinds", "--data", data, "--drawings", "6", "--fit")
    assert done.code == 0
    assert "| all_idb2 | crop |" in done.out
    assert "times as long as the search for cells" in done.out
    stored = ForestFile.model_validate_json(fitted.read_text("utf-8"))
    assert {"all_idb2", "bccd", "c_nmc", "drawn, page"} <= set(stored.fitted_on)
    assert "taleqani" not in stored.fitted_on


def test_fitting_without_a_kind_is_refused_in_one_sentence(leuko, tmp_path):
    make_all_idb2(tmp_path / "all_idb2", per_class=3)
    done = leuko("measure-kinds", "--data", tmp_path, "--drawings", "2", "--fit")
    assert done.code == 2
    assert "No pictures to learn 'field, segmented' from" in done.err


def test_a_folder_without_a_data_set_is_refused(leuko, tmp_path):
    done = leuko("measure-kinds", "--data", tmp_path)
    assert done.code == 2
    assert "holds no data set of blood" in done.err
