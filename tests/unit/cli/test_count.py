import csv
import hashlib
import io
import json
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from leuko.cell_classes import CELL_CLASSES, group_of
from leuko.imaging.decoding.decode import read_picture
from leuko.inference.cells import classify_cells
from leuko.inference.classifier import Classifier
from leuko.inspection.cells.finder import find_leukocytes
from leuko.inspection.kind.classify import KindGuess
from leuko.models.store import list_models
from tests import drawn
from tests.made_models import make_model_folder
from tests.made_networks import install, install_cell_model, make_network

KEYS = {"file", "width_px", "height_px", "model", "cells", "counts", "flags", "error"}
CELL_KEYS = {
    "x", "y", "width", "height", "nucleus_px", "edge", "label", "group", "malignant",
    "probabilities", "prediction_set", "deferred", "findings",
}  # fmt: skip


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """``cells`` counts, ``fields`` reads whole pictures, ``results`` has no weights. Read only."""
    root = tmp_path_factory.mktemp("counting") / "weights"
    install_cell_model(root)
    install(make_network("timm", "test_efficientnet"), root, "fields")
    make_model_folder(root, "results")
    return root


@pytest.fixture
def count(leuko, weights):
    """Run ``count --json``; gives exit code, parsed lines and standard error."""

    def command(*words):
        done = leuko("count", "--json", "--weights", weights, "--device", "cpu", *words)
        lines = [json.loads(line) for line in done.out.splitlines()]
        return SimpleNamespace(code=done.code, lines=lines, err=done.err)

    return command


@pytest.fixture
def fields(tmp_path):
    """Two drawn fields on disk."""
    files = []
    for seed in (1, 2):
        file = tmp_path / f"field {seed}.png"
        file.write_bytes(drawn.encode(drawn.draw_field(seed, seed == 1, 320), "PNG"))
        files.append(file)
    return files


def test_json_is_one_object_a_picture_in_order_with_the_agreed_keys(count, fields):
    done = count(*fields)
    assert done.code == 0
    assert [line["file"] for line in done.lines] == [str(file) for file in fields]
    for line in done.lines:
        assert set(line) >= KEYS
        assert (line["model"], line["error"]) == ("cells", None)
        assert (line["width_px"], line["height_px"]) == (320, 320)
        assert list(line["counts"]) == list(CELL_CLASSES)
        labels = [cell["label"] for cell in line["cells"]]
        assert line["counts"] == {name: labels.count(name) for name in CELL_CLASSES}


def test_every_cell_has_its_place_its_class_and_what_speaks_for_it(count, fields):
    (line,) = count(fields[0]).lines
    assert len(line["cells"]) >= 4
    for cell in line["cells"]:
        assert set(cell) >= CELL_KEYS
        assert cell["x"] >= 0
        assert cell["x"] + cell["width"] <= 320
        assert cell["y"] + cell["height"] <= 320
        assert 0 < cell["nucleus_px"] <= max(cell["width"], cell["height"])
        assert cell["group"] == group_of(cell["label"])
        assert cell["malignant"] is (cell["label"] == "Blast cell")
        assert cell["malignant"] is (cell["probabilities"]["Blast cell"] >= 0.5)
        assert list(cell["probabilities"]) == list(CELL_CLASSES)
        assert sum(cell["probabilities"].values()) == pytest.approx(1)


def test_the_command_line_answers_exactly_as_finder_and_classifier(count, fields, weights):
    pixels = read_picture(fields[0]).pixels
    found = find_leukocytes(pixels).cells
    classifier = Classifier.load(list_models(weights).get("cells"), "cpu")
    results = classify_cells(classifier, pixels, found)
    (line,) = count(fields[0]).lines
    assert [(c["x"], c["y"], c["width"], c["height"]) for c in line["cells"]] == [
        tuple(one.box) for one in found
    ]
    assert [c["probabilities"] for c in line["cells"]] == [one.probabilities for one in results]


def test_a_file_that_is_no_picture_has_its_error_and_the_others_go_on(count, fields, tmp_path):
    bad = tmp_path / "notes.png"
    bad.write_text("This is no picture.")
    done = count(fields[0], bad, fields[1])
    assert done.code == 1
    assert [line["error"] is None for line in done.lines] == [True, False, True]
    broken = done.lines[1]
    assert (broken["cells"], broken["counts"], broken["flags"]) == ([], {}, [])
    assert broken["width_px"] is None
    assert "text file" in broken["error"]


def test_folders_patterns_and_archives_are_read_as_by_predict(count, fields, tmp_path):
    assert len(count(fields[0].parent).lines) == 2
    assert len(count(tmp_path / "field *.png").lines) == 2
    archive = tmp_path / "all.zip"
    archive.write_bytes(drawn.zip_of({file.name: file.read_bytes() for file in fields}))
    lines = count(archive).lines
    assert [line["error"] for line in lines] == [None, None]
    assert [len(line["cells"]) for line in lines] == [len(o["cells"]) for o in count(*fields).lines]


def test_a_model_that_reads_whole_pictures_is_refused_in_one_sentence(count, fields):
    done = count("--model", "fields", fields[0])
    assert (done.code, done.lines) == (2, [])
    assert done.err.count("\n") == 1
    assert "reads whole pictures" in done.err
    assert "choose one of cells." in done.err


@pytest.mark.parametrize("words", [[], ["--model", "fields"]], ids=["none named", "another named"])
def test_without_a_cell_model_one_sentence_says_what_to_install(leuko, fields, tmp_path, words):
    root = tmp_path / "weights"
    install(make_network("timm", "test_efficientnet"), root, "fields")
    done = leuko("count", "--weights", root, *words, fields[0])
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert "train one or copy a model folder" in done.err


def test_an_unknown_model_is_answered_with_the_installed_ones(count, fields):
    done = count("--model", "absent", fields[0])
    assert done.code == 2
    assert "installed are: cells, fields, results" in done.err


def test_the_text_is_a_table_in_the_order_of_the_icsh(leuko, weights, fields):
    done = leuko("count", "--weights", weights, "--device", "cpu", *fields)
    assert done.code == 0
    lines = done.out.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("class"))
    named = [line[:22].strip() for line in lines[start + 1 :]]
    assert named[:10] == list(CELL_CLASSES[:10])
    assert named[10:13] == ["leukocytes", "Erythroblast", "Platelet"]
    numbers = [int(line[22:28]) for line in lines[start + 1 : start + 11]]
    assert sum(numbers) == int(lines[start + 11][22:28])
    assert lines[-1].startswith("No per cent yet: ")


def test_from_a_hundred_cells_on_per_cent_and_interval_stand_in_the_table(leuko, weights, tmp_path):
    files = []
    for seed in range(30):
        file = tmp_path / f"{seed}.png"
        file.write_bytes(drawn.encode(drawn.draw_field(seed, True, 224), "PNG"))
        files.append(file)
    done = leuko("count", "--weights", weights, "--device", "cpu", "--target", 200, *files)
    lines = done.out.splitlines()
    total = next(line for line in lines if line.startswith("leukocytes"))
    leukocytes = int(total[22:28])
    assert 100 <= leukocytes < 200
    assert lines[-1] == f"{leukocytes} of 200 leukocytes are counted."
    row = max(
        (line for line in lines if line[:22].strip() in CELL_CLASSES[:10]),
        key=lambda line: int(line[22:28]),
    )
    n = int(row[22:28])
    assert int(row[28:36]) == round(100 * n / leukocytes)
    low, high = map(int, row[36:50].split("–"))
    assert low < 100 * n / leukocytes <= high


def test_a_second_copy_of_a_picture_is_told_and_counted_once(
    count, leuko, weights, fields, tmp_path
):
    copy = tmp_path / "copy.png"
    copy.write_bytes(fields[0].read_bytes())
    first, second = count(fields[0], copy).lines
    assert (first["copy_of"], second["copy_of"]) == (None, str(fields[0]))
    assert second["counts"] == first["counts"]
    done = leuko("count", "--weights", weights, "--device", "cpu", fields[0], copy, fields[0])
    assert done.out.count("counted once") == 2
    total = next(line for line in done.out.splitlines() if line.startswith("leukocytes"))
    assert int(total[22:28]) == sum(
        n for name, n in first["counts"].items() if name in CELL_CLASSES[:10]
    )


def rows_of(path):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_csv_holds_the_differential_of_all_fields_and_of_each(count, fields, tmp_path):
    bad = tmp_path / "notes.png"
    bad.write_text("This is no picture.")
    done = count("--csv", tmp_path / "counts.csv", *fields, bad)
    rows = rows_of(tmp_path / "counts.csv")
    of_all = {row["class"]: int(row["n"]) for row in rows if row["file"] == "all fields"}
    assert list(of_all) == [*CELL_CLASSES, "Not classed", "Not a cell"]
    for name in CELL_CLASSES:
        assert of_all[name] == sum(line["counts"].get(name, 0) for line in done.lines)
    for line in done.lines[:2]:
        own = {row["class"]: row["n"] for row in rows if row["file"] == line["file"]}
        assert {name: int(own[name]) for name in CELL_CLASSES} == line["counts"]
    assert rows[-1]["file"] == str(bad)
    assert "text file" in rows[-1]["error"]
    assert {row["model"] for row in rows} == {"cells"}
    assert {row["per_cent"] for row in rows} == {""}  # fewer than a hundred


def test_a_csv_that_cannot_be_written_ends_with_code_2_after_the_answers(count, fields, tmp_path):
    done = count("--csv", tmp_path / "absent" / "counts.csv", *fields)
    assert done.code == 2
    assert len(done.lines) == 2
    assert "--csv" in done.err


def test_overlays_are_the_fields_at_their_own_size_named_by_their_content(count, fields, tmp_path):
    done = count("--overlay", tmp_path / "o", *fields)
    assert done.code == 0
    for file, line in zip(fields, done.lines, strict=True):
        found = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        name = file.stem.replace(" ", "_")
        assert Path(line["overlay"]).name == f"{name}_{found}_count_cells.png"
        with Image.open(line["overlay"]) as image:
            assert (image.format, image.size) == ("PNG", (320, 320))
            changed = (np.asarray(image) != read_picture(file).pixels).any(axis=2)
        inside = np.zeros_like(changed)
        for cell in line["cells"]:
            top, left = max(0, cell["y"] - 22), max(0, cell["x"] - 60)
            bottom, right = cell["y"] + cell["height"] + 22, cell["x"] + cell["width"] + 60
            inside[top:bottom, left:right] = True
        assert changed.any()
        assert not (changed & ~inside).any()


def test_an_overlay_of_another_picture_of_the_same_name_is_never_overwritten(count, tmp_path):
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        data = drawn.encode(drawn.draw_field(number, True, 224), "PNG")
        (tmp_path / str(number) / "field.png").write_bytes(data)
    (first,) = count("--overlay", tmp_path / "o", tmp_path / "1" / "field.png").lines
    before = Path(first["overlay"]).read_bytes()
    (second,) = count("--overlay", tmp_path / "o", tmp_path / "2" / "field.png").lines
    assert first["overlay"] != second["overlay"]
    assert Path(first["overlay"]).read_bytes() == before


def test_an_overlay_that_cannot_be_written_costs_no_count(count, fields, tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("leuko.cli.count.replace_file", full)
    done = count("--overlay", tmp_path / "o", *fields)
    assert done.code == 1
    assert all(line["cells"] and line["overlay"] is None for line in done.lines)
    assert all("No space left" in line["overlay_error"] for line in done.lines)


def test_overlays_into_something_that_is_no_folder_end_with_code_2(count, fields, tmp_path):
    (tmp_path / "file").write_text("x")
    done = count("--overlay", tmp_path / "file", fields[0])
    assert (done.code, done.lines) == (2, [])
    assert "--overlay" in done.err


def test_what_looks_like_no_blood_is_told_and_counted_with_anyway(count, fields, monkeypatch):
    unlike = KindGuess(None, 0.97)
    monkeypatch.setattr("leuko.inspection.inspect.recognise_kind", lambda *_: unlike)
    done = count(fields[0])
    (line,) = done.lines
    assert (done.code, line["cells"], line["refused"], line["error"]) == (0, [], True, None)
    assert "--anyway" in done.err
    (line,) = count("--anyway", fields[0]).lines
    assert line["cells"]
    assert not line["refused"]
