"""``measure-cells`` says how well cells are found, and writes the page that the README cites."""

import json

import pytest

from leuko.cli.finder.cells_page import figure_lines
from leuko.evaluation.finder.figures import FinderFigures, read_figures
from tests import ROOT
from tests.made_data import make_wbc_segmentation


def test_each_set_and_side_has_its_figures(leuko, tmp_path):
    done = leuko("measure-cells", "--json", "--data", make_wbc_segmentation(tmp_path))
    assert done.code == 0
    lines = [json.loads(line) for line in done.out.splitlines()]
    lines = [line for line in lines if line["part"] == "by colour"]
    assert [(line["dataset"], line["seen"], line["pictures"]) for line in lines] == [
        ("Dataset 1", False, 2),
        ("Dataset 1", True, 2),
        ("Dataset 2", False, 2),
    ]
    for line in lines:
        for region in ("cell", "nucleus"):
            assert 0.85 < line[region]["worst"] <= line[region]["median"] <= 1
            assert line[region]["low"] <= line[region]["mean"] <= line[region]["high"]


def test_a_set_that_is_not_there_is_said_to_be_missing(leuko, tmp_path):
    root = make_wbc_segmentation(tmp_path / "data", second=0)
    page = tmp_path / "CELLS.md"
    done = leuko("measure-cells", "--data", root, "--write", page)
    assert "Dataset 2 is not there and was not measured." in done.err
    text = page.read_text(encoding="utf-8")
    assert "Dataset 2 was not there to be measured." in text
    assert all(line in text for line in done.out.splitlines())


def test_a_page_that_cannot_be_written_ends_with_code_2(leuko, tmp_path):
    root = make_wbc_segmentation(tmp_path / "data", second=0)
    done = leuko("measure-cells", "--data", root, "--write", tmp_path)
    assert done.code == 2
    assert "name another file after --write" in done.err


def test_a_folder_without_masks_ends_with_code_2(leuko, tmp_path):
    done = leuko("measure-cells", "--data", tmp_path)
    assert done.code == 2
    assert "holds no 'Dataset 1'" in done.err


@pytest.mark.real_images
def test_the_page_in_the_repository_is_what_the_command_measures(leuko, real_images, tmp_path):
    if not (real_images / "wbc_segmentation").is_dir():
        pytest.fail(f"'{real_images}' lacks wbc_segmentation")
    page, file = tmp_path / "CELLS.md", tmp_path / "figures.json"
    done = leuko("measure-cells", "--data", real_images, "--write", page, "--figures", file)
    assert done.code == 0
    text = (ROOT / "docs" / "CELLS.md").read_text("utf-8")
    by_colour = [line for line in page.read_text("utf-8").splitlines() if "| Dataset 1" in line]
    assert by_colour
    assert all(line in text for line in by_colour)
    found, stored = FinderFigures.model_validate_json(file.read_bytes()), read_figures()
    assert [one.set for one in found.detection] == [one.set for one in stored.detection]
    for one, before in zip(found.detection, stored.detection, strict=True):
        assert one.f1 == pytest.approx(before.f1, abs=0.02)
    for one, before in zip(found.dice, stored.dice, strict=True):
        assert one.mean == pytest.approx(before.mean, abs=0.01)


def test_the_tables_of_the_page_are_those_of_the_stored_figures():
    text = (ROOT / "docs" / "CELLS.md").read_text(encoding="utf-8")
    assert all(line in text for line in figure_lines(read_figures()))
