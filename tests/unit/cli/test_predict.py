import dataclasses
import errno
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leuko.imaging.decoding.decode import read_picture
from leuko.inference.classifier import Classifier
from leuko.models.card import read_card, write_card
from leuko.models.store import list_models
from tests import ROOT, drawn
from tests.made_gates import level, with_gates

KEYS = {"file", "model", "label", "malignant", "probabilities", "error"}


def test_json_is_one_object_a_file_in_order_with_the_agreed_keys(predict, pictures):
    done = predict(*reversed(pictures))
    assert done.code == 0
    assert [line["file"] for line in done.lines] == [str(file) for file in reversed(pictures)]
    for line in done.lines:
        assert set(line) >= KEYS
        assert line["model"] == "tiny"
        assert line["error"] is None
        assert list(line["probabilities"]) == ["Healthy", "Blast"]
        assert sum(line["probabilities"].values()) == pytest.approx(1)
        assert line["malignant"] is (line["label"] == "Blast")
        assert line["malignant"] is (line["probabilities"]["Blast"] >= 0.5)


def test_the_command_line_answers_exactly_as_the_classifier(predict, pictures, weights):
    classifier = Classifier.load(list_models(weights).get("tiny"), "cpu")
    results = classifier.classify([read_picture(file).pixels for file in pictures])
    found = [line["probabilities"] for line in predict(*pictures).lines]
    assert found == [result.probabilities for result in results]


def test_json_says_where_the_evidence_lies_and_remarks_when_it_misses_the_cells(
    predict, pictures, weights
):
    classifier = Classifier.load(list_models(weights).get("tiny"), "cpu")
    results = classifier.classify([read_picture(file).pixels for file in pictures])
    for line, result in zip(predict(*pictures).lines, results, strict=True):
        shares = result.on_cells(line["evidence_for"])
        if shares is None:
            assert line["evidence_on_cells"] is None
            continue
        found = line["evidence_on_cells"]
        assert found == pytest.approx(dataclasses.asdict(shares), abs=1e-4)
        assert any("outside the cells" in note for note in line["notes"]) is (shares.mostly_outside)


def test_a_picture_without_a_cell_is_answered_with_that_remark(predict, leuko, weights, tmp_path):
    blank = tmp_path / "blank.png"
    blank.write_bytes(drawn.encode(np.full((90, 90, 3), 230, np.uint8), "PNG"))
    (line,) = predict("--anyway", blank).lines
    assert line["evidence_on_cells"] is None
    assert "No leukocyte was found in this picture" in line["notes"][-1]
    words = leuko(
        "predict", "--anyway", "--weights", weights, "--device", "cpu", "--model", "tiny", blank
    )
    assert "No leukocyte was found in this picture" in words.out


def test_the_size_of_a_batch_does_not_change_the_answers(predict, pictures):
    one, all_at_once = predict("--batch", 1, *pictures), predict("--batch", 9, *pictures)
    for first, second in zip(one.lines, all_at_once.lines, strict=True):
        assert first["file"] == second["file"]
        for name, value in first["probabilities"].items():
            assert second["probabilities"][name] == pytest.approx(value, abs=1e-5)


@pytest.mark.parametrize("batch", [1, 16])
def test_a_bad_file_among_good_ones_gets_its_line_in_its_place_and_code_1(
    predict, pictures, tmp_path, batch
):
    bad = tmp_path / "bad.png"
    bad.write_text("only words")
    done = predict("--batch", batch, pictures[0], bad, pictures[1])
    assert done.code == 1
    assert [line["file"] for line in done.lines] == [
        str(pictures[0]),
        str(bad),
        str(pictures[1]),
    ]
    good, broken, other = done.lines
    assert good["error"] is other["error"] is None
    assert good["label"]
    assert other["label"]
    assert broken["label"] is broken["malignant"] is None
    assert broken["probabilities"] == {}
    assert broken["error"]
    assert str(bad) not in broken["error"]


def test_a_missing_file_and_an_empty_folder_get_their_sentence_and_code_1(
    predict, tmp_path, pictures
):
    (tmp_path / "empty").mkdir()
    done = predict(tmp_path / "absent.png", tmp_path / "empty", tmp_path / "*.dcm", pictures[0])
    assert done.code == 1
    assert "check the path" in done.lines[0]["error"]
    assert "This folder holds no picture" in done.lines[1]["error"]
    assert "No file has such a name" in done.lines[2]["error"]
    assert done.lines[3]["error"] is None


def test_a_folder_and_a_pattern_that_no_shell_expanded_stand_for_their_pictures(
    predict, tmp_path, pictures
):
    (tmp_path / "notes.txt").write_text("words")
    named = predict(*sorted(pictures))
    folder, pattern = predict(tmp_path), predict(tmp_path / "cell ?.*")
    assert folder.code == pattern.code == 0
    assert folder.lines == pattern.lines == named.lines
    assert f"'{tmp_path}': 3 pictures and archives; 1 other files are left out." in folder.err


@pytest.mark.parametrize("kind", drawn.NO_PICTURES)
def test_a_file_that_is_no_picture_gets_a_sentence_and_never_a_class(predict, tmp_path, kind):
    file = tmp_path / "file.png"
    file.write_bytes(drawn.NO_PICTURES[kind])
    done = predict(file)
    assert done.code == 1
    assert done.lines[0]["error"]
    assert done.lines[0]["label"] is None


def test_the_members_of_a_zip_are_files_of_their_own(predict, pictures, tmp_path):
    archive = tmp_path / "cells.zip"
    members = {file.name: file.read_bytes() for file in pictures}
    archive.write_bytes(drawn.zip_of(members | {"notes.txt": b"words"}))
    done = predict(archive)
    assert done.code == 1
    by_name = {line["file"]: line for line in done.lines}
    assert set(by_name) == {f"{archive}/{name}" for name in [*members, "notes.txt"]}
    assert by_name[f"{archive}/notes.txt"]["error"]
    alone = {line["file"]: line["probabilities"] for line in predict(*pictures).lines}
    for file in pictures:
        found = by_name[f"{archive}/{file.name}"]["probabilities"]
        assert found == pytest.approx(alone[str(file)], abs=1e-5)


def test_a_damaged_zip_at_a_long_path_is_named_in_full(predict, tmp_path):
    archive = tmp_path / ("long " * 20) / "cells.zip"
    archive.parent.mkdir()
    archive.write_bytes(drawn.zip_of({"a.png": b"x"})[:-30])
    done = predict(archive)
    assert done.code == 1
    assert [line["file"] for line in done.lines] == [str(archive)]


def test_heatmaps_are_png_files_of_the_pictures_size(predict, pictures, tmp_path):
    folder = tmp_path / "new" / "heat maps"
    assert predict("--heatmaps", folder, *pictures).code == 0
    made = sorted(folder.iterdir())
    hashes = [hashlib.sha256(file.read_bytes()).hexdigest()[:12] for file in pictures]
    names = [f"cell_{n}_{found}_tiny.png" for n, found in enumerate(hashes, 1)]
    assert [path.name for path in made] == names
    for path, side_px in zip(made, (64, 80, 120), strict=True):
        with Image.open(path) as image:
            assert (image.format, image.mode, image.size) == ("PNG", "RGB", (side_px, side_px))


def test_a_heatmap_lies_over_its_own_picture(predict, pictures, tmp_path):
    (line,) = predict("--heatmaps", tmp_path / "h", pictures[0]).lines
    with Image.open(line["heatmap"]) as image:
        overlaid = np.asarray(image).astype(int)
    pixels = read_picture(pictures[0]).pixels.astype(int)
    assert (overlaid != pixels).any()
    assert np.corrcoef(overlaid.ravel(), pixels.ravel())[0, 1] > 0.3


def test_heatmaps_of_equal_and_of_hostile_names_stay_apart_and_inside_the_folder(predict, tmp_path):
    data = drawn.encode(drawn.draw_crop(1, True, 64), "PNG")
    archive = tmp_path / "cells.zip"
    names = ["a/cell.png", "b/cell.png", "<b>x</b>.png", "con.png", "..hidden.png", "/etc/x.png"]
    archive.write_bytes(drawn.zip_of([(name, data) for name in names]))
    folder = tmp_path / "heatmaps"
    before = {path for path in tmp_path.rglob("*") if folder not in path.parents}
    done = predict("--heatmaps", folder, archive)
    made = [path.name for path in folder.iterdir()]
    assert len(made) == sum(line["error"] is None for line in done.lines) >= 5
    for name in made:
        assert not set(name) & set('<>:"/\\|?*')
        assert not name.startswith((".", "con."))
        assert name.endswith("_tiny.png")
    after = {path for path in tmp_path.rglob("*") if folder not in path.parents}
    assert after - before <= {folder}


def test_json_names_the_heatmap_of_each_picture_and_the_same_run_names_it_again(
    predict, pictures, tmp_path
):
    bad = tmp_path / "bad.png"
    bad.write_text("only words")
    first = predict("--heatmaps", tmp_path / "h", *pictures, bad)
    before = {path: path.read_bytes() for path in (tmp_path / "h").iterdir()}
    assert {Path(line["heatmap"]) for line in first.lines[:3]} == set(before)
    assert first.lines[3]["heatmap"] is None
    again = predict("--heatmaps", tmp_path / "h", *pictures, bad)
    assert again.lines == first.lines
    assert {path: path.read_bytes() for path in (tmp_path / "h").iterdir()} == before
    assert [line["heatmap"] for line in predict(*pictures).lines] == [None] * 3


def test_a_second_run_leaves_the_heatmap_of_another_picture_of_the_same_name(predict, tmp_path):
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        crop = drawn.encode(drawn.draw_crop(number, False, 64), "PNG")
        (tmp_path / str(number) / "1.png").write_bytes(crop)
    (first,) = predict("--heatmaps", tmp_path / "h", tmp_path / "1" / "1.png").lines
    before = Path(first["heatmap"]).read_bytes()
    (second,) = predict("--heatmaps", tmp_path / "h", tmp_path / "2" / "1.png").lines
    assert first["heatmap"] != second["heatmap"]
    assert Path(first["heatmap"]).read_bytes() == before
    assert len(list((tmp_path / "h").iterdir())) == 2


def test_a_heatmap_that_cannot_be_written_costs_no_answer(
    predict, leuko, weights, pictures, tmp_path, monkeypatch
):
    usual = predict(*pictures)
    whole = Path.write_bytes

    def full(path, data):
        if "cell_2" in path.name:
            whole(path, data[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    done = predict("--heatmaps", tmp_path / "h", *pictures)
    assert done.code == 1
    assert [line["label"] for line in done.lines] == [line["label"] for line in usual.lines]
    assert [line["heatmap"] is None for line in done.lines] == [False, True, False]
    assert "No space left on device" in done.lines[1]["heatmap_error"]
    assert done.lines[0]["heatmap_error"] is None
    assert "1 heatmaps could not be written" in done.err
    assert not [path for path in (tmp_path / "h").iterdir() if "cell_2" in path.name]
    words = leuko(
        "predict", "--weights", weights, "--device", "cpu", "--model", "tiny",
        "--heatmaps", tmp_path / "h", *pictures,
    )  # fmt: skip
    lines = words.out.splitlines()
    assert lines[1].startswith(f"{pictures[1]}: Model suggests")
    assert lines[2].startswith("    Its heatmap cannot be written into")


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of processes")
def test_a_real_limit_of_the_system_on_files_costs_no_answer(weights, pictures, tmp_path):
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 1; exec "$0" -m leuko predict "$@"', sys.executable,
         "--json", "--model", "tiny", "--device", "cpu", "--weights", str(weights),
         "--heatmaps", str(tmp_path / "h"), *map(str, pictures)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(line["label"] for line in lines)
    assert all("File too large" in line["heatmap_error"] for line in lines)
    assert not list((tmp_path / "h").iterdir())


def test_the_text_tells_what_was_done_to_a_picture_indented_below_it(
    predict, leuko, weights, tmp_path
):
    crop = Image.fromarray(drawn.draw_crop(1, True, 64)).convert("CMYK")
    file = tmp_path / "print.jpg"
    file.write_bytes(drawn.encode_image(crop, "JPEG"))
    (line,) = predict(file).lines
    assert line["notes"]
    words = leuko("predict", "--weights", weights, "--device", "cpu", "--model", "tiny", file)
    answer, *notes = words.out.splitlines()
    assert answer.startswith(f"{file}: ")
    assert notes
    assert all(note.startswith("    ") and note.strip() in line["notes"] for note in notes)


def test_a_device_without_end_is_refused_by_the_limit(predict, monkeypatch):
    monkeypatch.setenv("LEUKO_MAX_UPLOAD_MEGABYTES", "1")
    done = predict("/dev/zero")
    assert done.code == 1
    assert "larger than 1 MB" in done.lines[0]["error"]


def test_limits_come_from_the_configuration_and_not_from_the_folder_one_stands_in(
    predict, pictures, tmp_path, monkeypatch
):
    elsewhere = tmp_path / "elsewhere" / ".streamlit"
    elsewhere.mkdir(parents=True)
    (elsewhere / "leuko.toml").write_text("max_image_megapixels = 1\nno_such_key = 1\n")
    (elsewhere / "config.toml").write_text("[server]\nmaxUploadSize = 0\n")
    (elsewhere.parent / "app.py").touch()
    expected = predict(pictures[0]).lines
    monkeypatch.chdir(elsewhere.parent)
    assert predict(pictures[0]).lines == expected


def test_heatmaps_into_something_that_is_no_folder_end_with_code_2(predict, pictures, tmp_path):
    (tmp_path / "file").write_text("x")
    done = predict("--heatmaps", tmp_path / "file", pictures[0])
    assert done.code == 2
    assert done.lines == []
    assert "--heatmaps" in done.err


def test_without_a_model_a_field_model_is_used_and_standard_error_names_it(predict, pictures):
    done = predict(pictures[0], model=None)
    assert done.code == 0
    assert done.lines[0]["model"] == "fields"
    assert "No --model given: using fields, which reads whole fields" in done.err


def test_an_unknown_model_ends_with_code_2_and_the_installed_names(predict, pictures):
    done = predict(pictures[0], model="absent")
    assert done.code == 2
    assert done.lines == []
    assert "No model 'absent' is installed; installed are: fields, results, tiny." in done.err


def test_a_model_of_results_only_ends_with_code_2_and_the_command_that_trains(predict, pictures):
    done = predict(pictures[0], model="results")
    assert done.code == 2
    assert "leuko train" in done.err


def test_with_nothing_installed_predicting_ends_with_code_2_and_the_remedy(leuko, pictures):
    done = leuko("predict", pictures[0])
    assert (done.code, done.out) == (2, "")
    assert "nothing installed' (named by the variable LEUKO_WEIGHTS) is not there" in done.err


def test_altered_weights_never_answer(leuko, own_weights, pictures):
    path = own_weights / "tiny" / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    done = leuko("predict", "--model", "tiny", "--weights", own_weights, pictures[0])
    assert (done.code, done.out) == (2, "")
    assert "altered" in done.err


def test_an_absent_device_ends_with_code_2(predict, pictures):
    done = predict("--device", "cuda:77", pictures[0])
    assert done.code == 2
    assert "--device auto" in done.err


def test_standard_output_carries_results_alone(leuko, weights, pictures):
    done = leuko("predict", "--model", "tiny", "--weights", weights, *pictures)
    assert done.code == 0
    lines = done.out.splitlines()
    assert len(lines) == 3
    for file, line in zip(pictures, lines, strict=True):
        assert line.startswith(f"{file}: Model suggests: ")
    assert "3 files with Tiny on" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="file names are no bytes there")
def test_a_file_name_that_is_no_text_is_answered_like_any_other(predict, leuko, weights, tmp_path):
    name = os.fsdecode(os.fsencode(tmp_path) + b"/cell \xff.png")
    Path(name).write_bytes(drawn.encode(drawn.draw_crop(1, True, 64), "PNG"))
    done = predict(name)
    assert done.code == 0
    assert done.lines[0]["file"] == name
    assert leuko("predict", "--model", "tiny", "--weights", weights, name).code == 0


def test_a_file_name_with_a_line_break_does_not_break_the_lines(leuko, weights, tmp_path):
    file = tmp_path / "cell\n\x1b[31m 1.png"
    file.write_bytes(drawn.encode(drawn.draw_crop(1, True, 64), "PNG"))
    done = leuko("predict", "--model", "tiny", "--weights", weights, file)
    assert len(done.out.splitlines()) == 1
    assert "\x1b" not in done.out
    assert "cell\\n\\x1b[31m 1.png" in done.out


@pytest.mark.parametrize("words", [["--method", "layercam"], ["--layer", "finer"]])
def test_another_method_or_layer_gives_other_heatmaps_of_the_same_answers(
    predict, pictures, tmp_path, words
):
    usual = predict("--heatmaps", tmp_path / "usual", pictures[2])
    other = predict("--heatmaps", tmp_path / "other", *words, pictures[2])
    assert other.code == 0
    for ours, theirs in zip(other.lines, usual.lines, strict=True):
        assert (ours["label"], ours["probabilities"]) == (theirs["label"], theirs["probabilities"])
    (one,), (two,) = (list((tmp_path / name).iterdir()) for name in ("usual", "other"))
    assert one.name != two.name  # in one folder neither takes the other's place
    with Image.open(one) as first, Image.open(two) as second:
        assert first.size == second.size
        assert first.tobytes() != second.tobytes()


def test_the_cards_layer_and_grad_cam_by_name_give_the_usual_heatmap(
    predict, pictures, tmp_path, weights
):
    own = list_models(weights).get("tiny").card.architecture.heatmap_layer
    predict("--heatmaps", tmp_path / "usual", pictures[0])
    words = ["--method", "grad-cam", "--layer", own]
    predict("--heatmaps", tmp_path / "named", *words, pictures[0])
    (one,), (two,) = (list((tmp_path / name).iterdir()) for name in ("usual", "named"))
    assert one.read_bytes() == two.read_bytes()


def test_an_unknown_layer_ends_with_code_2_and_the_known_ones(predict, pictures, tmp_path):
    done = predict("--heatmaps", tmp_path / "h", "--layer", "absent", pictures[0])
    assert (done.code, done.lines) == (2, [])
    assert "cannot be read from 'absent': choose " in done.err
    assert " or finer." in done.err


def test_a_method_without_a_place_for_heatmaps_ends_with_code_2_and_the_remedy(predict, pictures):
    done = predict("--method", "hirescam", pictures[0])
    assert (done.code, done.lines) == (2, [])
    assert "--heatmaps DIR" in done.err


VERDICT_KEYS = {
    "verdict", "suggestion", "suggests_malignant", "most_probable", "kind", "kind_probability",
    "kind_fits", "quality", "in_distribution", "strangeness", "prediction_set", "coverage",
    "deferred", "reasons", "remarks", "used_anyway",
}  # fmt: skip


def test_a_model_without_gates_answers_and_says_that_it_has_none(predict, pictures):
    done = predict(*pictures)
    for line in done.lines:
        assert set(line) >= VERDICT_KEYS
        assert line["prediction_set"] is line["coverage"] is line["in_distribution"] is None
        assert line["kind"] == "crop"
        assert line["verdict"].startswith("Model suggests: ")
        assert any("has no gates" in remark for remark in line["remarks"])
    assert "tiny has no gates" in done.err
    assert "leuko calibrate tiny --data FOLDER" in done.err


@pytest.fixture
def misfits(tmp_path):
    """A whole field and a photograph-like picture, for a model of crops."""
    field = tmp_path / "field.png"
    field.write_bytes(drawn.encode(drawn.draw_field(3, True, 224), "PNG"))
    sky = np.linspace(90, 250, 200, dtype=np.uint8)[:, None, None]
    photo = tmp_path / "photo.png"
    photo.write_bytes(drawn.encode(np.tile(sky, (1, 300, 3)), "PNG"))
    return field, photo


def test_a_misfitting_picture_gets_a_sentence_and_no_class_unless_somebody_insists(
    predict, leuko, weights, misfits, tmp_path
):
    done = predict("--heatmaps", tmp_path / "maps", *misfits)
    assert done.code == 0
    field, photo = done.lines
    assert field["verdict"] == "This looks like a whole field; this model reads single-cell crops."
    assert photo["verdict"].startswith("This looks like no blood picture;")
    for line in done.lines:
        assert line["label"] is line["malignant"] is line["prediction_set"] is None
        assert line["suggestion"] == "other kind of picture"
        assert line["suggests_malignant"] is line["most_probable"] is None
        assert line["probabilities"] == {}
        assert line["deferred"] is True
        assert line["kind_fits"] is False
        assert line["reasons"]
    assert (field["kind"], photo["kind"]) == ("field", "none")
    assert not list((tmp_path / "maps").iterdir())
    assert "2 of another kind than the single-cell crops" in done.err
    words = leuko("predict", "--model", "tiny", "--weights", weights, *misfits)
    assert words.out.splitlines()[0] == f"{misfits[0]}: {field['verdict']}"
    for line in predict("--anyway", *misfits).lines:
        assert line["label"]
        assert line["used_anyway"] is True
        assert line["deferred"] is True
        assert "Read anyway: this looks like" in line["verdict"]


def test_a_model_with_gates_gives_sets_and_defers(leuko, own_weights, pictures):
    card = read_card(own_weights / "tiny")
    gated = with_gates(
        card,
        weights_sha256=card.weights.sha256,
        temperature=card.temperature,
        levels=[level(0.9, 0.0, by_class={})],
    )
    write_card(gated, own_weights / "tiny")
    done = leuko(
        "predict", "--json", "--weights", own_weights, "--device", "cpu", "--model", "tiny",
        *pictures,
    )  # fmt: skip
    assert done.code == 0
    for line in map(json.loads, done.out.splitlines()):
        assert set(line["prediction_set"]) == {"Healthy", "Blast"}
        assert line["coverage"] == 0.9
        assert line["deferred"] is True
        assert "any of its 2 classes (90 % coverage" in line["verdict"]
        assert (line["suggestion"], line["suggests_malignant"]) == ("any of 2 classes", False)
        assert line["most_probable"] == max(line["probabilities"], key=line["probabilities"].get)
        assert any("was not measured" in remark for remark in line["remarks"])
    assert "has no gates" not in done.err
