"""``train-finder`` writes a network and its record; ``measure-cells`` measures twins."""

import hashlib
import json
import shutil

import numpy as np
import pytest

from leuko.inspection.cells.finder import find_leukocytes
from leuko.inspection.cells.network import FinderRecord
from tests import drawn
from tests.made_cells import add_txl
from tests.made_data import SIDE_PX, make_all_idb2, make_bccd, make_wbc_segmentation

COLOURS = np.array([(255, 255, 255), (0, 0, 255), (0, 255, 255)], np.uint8)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """All four sets that the finder is taught on, drawn."""
    root = tmp_path_factory.mktemp("sets")
    make_wbc_segmentation(root / "wbc_segmentation", second=0)
    make_bccd(root / "bccd", fields=3)
    make_all_idb2(root / "all_idb2", per_class=4)
    masks = root / "all_idb2_masks" / "gt"
    masks.mkdir(parents=True)
    for number in range(1, 9):
        sick = number <= 4
        shown = number if number < 8 else 7  # the last two pictures are copies
        mask = drawn.draw_crop_and_mask(shown, sick, SIDE_PX)[1]
        file = masks / f"Im{number:03d}_{int(sick)}.tif"
        file.write_bytes(drawn.encode(COLOURS[mask], "TIFF"))
    for number, (size, side) in enumerate([(360, "train"), (575, "train"), (575, "val")]):
        pixels = drawn.draw_crop(20 + number, False, size)
        if size == 360:
            pixels = np.vstack([pixels, pixels[-3:]])
        box = (0, size // 5, size // 5, 4 * size // 5, 4 * size // 5)
        add_txl(root / "txl_pbc", f"made{number}", pixels, [box], side)
    return root


@pytest.fixture(scope="module")
def twins(data, tmp_path_factory):
    """Networks of two steps, one for each laboratory that is left out."""
    from leuko.cli.main import main

    folder = tmp_path_factory.mktemp("twins")
    first = folder / "without_bccd.onnx"
    words = ["train-finder", "--data", str(data), "--steps", "2", "--write", str(first)]
    assert main([*words, "--without", "bccd"]) == 0
    for name in ("acevedo", "raabin", "all_idb2", "wbc_segmentation"):
        other = folder / f"without_{name}.onnx"
        assert main([*words[:-1], str(other), "--without", name]) == 0
    return folder


def test_the_record_says_what_the_network_was_trained_on(twins):
    content = (twins / "without_bccd.onnx").read_bytes()
    record = FinderRecord.model_validate_json((twins / "without_bccd.json").read_bytes())
    assert record.sha256 == hashlib.sha256(content).hexdigest()
    assert "bccd" not in record.pictures
    assert record.pictures["wbc_segmentation"] == 2  # odd numbers of four
    assert record.pictures["raabin"] == 1  # the other is held out
    assert record.steps == 2


def test_another_network_can_be_asked(twins):
    pixels = drawn.draw_crop(1, malignant=True)
    find_leukocytes(pixels, (twins / "without_bccd.onnx").read_bytes())
    assert len(find_leukocytes(pixels).cells) == 1  # the installed one is asked again


def test_a_laboratory_that_does_not_exist_cannot_be_left_out(leuko, data, tmp_path):
    file = tmp_path / "x.onnx"
    done = leuko("train-finder", "--data", data, "--write", file, "--without", "elsewhere")
    assert done.code == 2
    assert "No laboratory 'elsewhere' to leave out: name one of acevedo, all_idb2" in done.err
    assert not file.exists()


def test_what_was_left_out_and_what_was_held_out_are_measured(leuko, data, twins, tmp_path):
    file, page = tmp_path / "figures.json", tmp_path / "CELLS.md"
    done = leuko(
        "measure-cells", "--data", data, "--twins", twins, "--figures", file, "--write", page
    )
    assert done.code == 0, done.err
    found = json.loads(file.read_text("utf-8"))
    sets = {(one["set"], one["left_out"]): one["pictures"] for one in found["detection"]}
    assert sets["txl_pbc, raabin", False] == 1  # of the side val
    assert sets["bccd", True] == 3
    assert sets["txl_pbc, raabin", True] == 2
    laboratories = {(one["laboratory"], one["left_out"]) for one in found["dice"]}
    assert ("wbc_segmentation", False) in laboratories
    assert ("all_idb2", True) in laboratories
    text = page.read_text("utf-8")
    for part in ("| bccd | 3 | left out |", "| txl_pbc, these together |", "ms a megapixel"):
        assert part in text


def test_a_twin_that_is_not_there_is_named_and_the_others_are_measured(
    leuko, data, twins, tmp_path
):
    done = leuko("measure-cells", "--data", data, "--twins", tmp_path)
    assert done.code == 2
    assert "holds no network" in done.err
    for kind in (".onnx", ".json"):
        shutil.copy(twins / f"without_raabin{kind}", tmp_path)
    done = leuko("measure-cells", "--data", data, "--twins", tmp_path, "--json")
    assert done.code == 0
    assert "make it by train-finder --without bccd" in done.err
    lines = [json.loads(line) for line in done.out.splitlines()]
    left_out = {line["set"] for line in lines if line["part"] == "detection" and line["left_out"]}
    assert left_out == {"txl_pbc, raabin"}


def test_a_network_that_saw_the_laboratory_is_no_twin(leuko, data, twins, tmp_path):
    for kind in (".onnx", ".json"):
        shutil.copy(twins / f"without_bccd{kind}", tmp_path / f"without_raabin{kind}")
    done = leuko("measure-cells", "--data", data, "--twins", tmp_path)
    assert done.code == 2
    assert "was not trained without raabin" in done.err
