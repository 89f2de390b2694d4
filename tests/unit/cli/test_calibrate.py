import json
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from leuko.data.registry import read_dataset
from leuko.errors import GatesError
from leuko.imaging.decoding.decode import read_picture
from leuko.inference.classifier import Classifier
from leuko.models.card import read_card, write_card
from leuko.models.store import list_models
from tests import drawn
from tests.unit.cli.stored_predictions import change_predictions


@pytest.fixture
def calibrate(leuko, trained):
    def command(weights, *words, model="tiny", data=trained.data):
        return leuko(
            "calibrate", model, "--data", data, "--weights", weights, "--device", "cpu", *words
        )

    return command


@pytest.fixture
def lab(tmp_path):
    """A laboratory's folder: 14 drawn pictures a class, in folders named as people name them."""
    root = tmp_path / "our microscope"
    for malignant, name in ((True, "Lymphoblasts"), (False, "healthy cells")):
        (root / name).mkdir(parents=True)
        for seed in range(14):
            pixels = drawn.draw_crop(100 + seed, malignant, 64)
            (root / name / f"cell {seed}.png").write_bytes(drawn.encode(pixels, "PNG"))
    return root


def test_gates_are_fitted_stored_and_told_in_sentences(calibrate, own_weights):
    folder = own_weights / "tiny"
    before = read_card(folder)
    done = calibrate(own_weights)
    assert done.code == 0, done.err
    card = read_card(folder)
    gates = card.gates
    assert card.model_copy(update={"gates": None}) == before
    assert (gates.fitted_on.validation, gates.fitted_on.test) == (8, 8)
    assert gates.fitted_on.train == 16
    assert gates.quality.pictures == 16
    assert [level.coverage for level in gates.levels] == [0.8, 0.9, 0.95]
    assert "tiny: gates fitted on 16 training and 8 validation pictures" in done.out
    assert "All gates together defer" in done.out
    assert sorted(path.name for path in folder.iterdir() if "unfinished" in path.name) == []


def test_too_few_validation_pictures_promise_nothing_rather_than_something(calibrate, own_weights):
    """Eight pictures: 9 ranks, so 80 % has a limit, 90 % and a threshold at 95 % have none."""
    calibrate(own_weights)
    gates = read_card(own_weights / "tiny").gates
    assert [level.limit is None for level in gates.levels] == [False, True, True]
    assert gates.level.measured.several == gates.fitted_on.test
    assert gates.novelty is None
    assert not (own_weights / "tiny" / "strangeness.safetensors").exists()
    assert gates.deferral.deferred == gates.fitted_on.test


def test_json_is_the_record_in_the_card(calibrate, own_weights):
    done = calibrate(own_weights, "--json", "--coverage", "0.8")
    record = json.loads(done.out)
    assert record == json.loads((own_weights / "tiny" / "card.json").read_text())["gates"]
    assert record["coverage"] == 0.8


def test_a_second_run_gives_the_same_gates(calibrate, own_weights):
    first, second = (json.loads(calibrate(own_weights, "--json").out) for _ in range(2))
    assert first == second


def test_pictures_that_do_not_give_the_stored_predictions_are_refused(calibrate, own_weights):
    def alter(row):
        row["probability_Blast"], row["probability_Healthy"] = "0.999", "0.001"

    change_predictions(own_weights / "tiny", alter)
    done = calibrate(own_weights)
    assert (done.code, done.out) == (2, "")
    assert "does not give its stored predictions" in done.err
    assert read_card(own_weights / "tiny").gates is None


def test_a_model_without_weights_or_an_unknown_one_is_refused(calibrate, own_weights):
    done = calibrate(own_weights, model="results")
    assert (done.code, done.out) == (2, "")
    assert "holds results only" in done.err
    assert "installed are: fields, results, tiny" in calibrate(own_weights, model="absent").err


def test_a_laboratory_fits_a_model_to_its_own_pictures(calibrate, own_weights, lab):
    done = calibrate(own_weights, "--own", data=lab)
    assert done.code == 0, done.err
    on = read_card(own_weights / "tiny").gates.fitted_on
    assert on.own
    assert on.title == "our microscope"
    assert on.train + on.validation + on.test == 28
    assert on.validation == on.test == 10
    assert "of your own pictures" in done.out


def test_own_pictures_of_one_patient_never_stand_on_two_sides(calibrate, own_weights, lab):
    rows = ["file;label;group"]
    for place, path in enumerate(sorted(lab.rglob("*.png"))):
        rows.append(f"{path.parent.name}/{path.name};{path.parent.name};patient {place // 2}")
    (lab / "labels.csv").write_text("\n".join(rows))
    assert calibrate(own_weights, "--own", data=lab).code == 0
    on = read_card(own_weights / "tiny").gates.fitted_on
    assert (on.by_group, on.group_meaning) == (True, "patient or slide")
    assert on.validation_groups * 2 == on.validation
    assert on.test_groups * 2 == on.test


def test_a_label_that_no_class_has_is_refused_with_the_layout(calibrate, own_weights, lab):
    (lab / "Lymphoblasts").rename(lab / "unclear")
    done = calibrate(own_weights, "--own", data=lab)
    assert (done.code, done.out) == (2, "")
    assert "The label 'unclear' names no class of 'tiny'" in done.err
    assert "one folder a class" in done.err
    empty = lab.parent / "nothing"
    empty.mkdir()
    assert "holds no labelled picture" in calibrate(own_weights, "--own", data=empty).err


@pytest.fixture
def large_lab(tmp_path):
    """Enough pictures for every threshold: 40 a class."""
    root = tmp_path / "large"
    for malignant, name in ((True, "Blast"), (False, "Healthy")):
        (root / name).mkdir(parents=True)
        for seed in range(40):
            pixels = drawn.draw_crop(200 + seed, malignant, 64)
            (root / name / f"{seed}.png").write_bytes(drawn.encode(pixels, "PNG"))
    return root


def test_novelty_is_stored_and_the_classifier_says_what_was_measured(
    calibrate, own_weights, large_lab, predict
):
    assert calibrate(own_weights, "--own", data=large_lab).code == 0
    folder = own_weights / "tiny"
    gate = read_card(folder).gates.novelty
    assert gate.accepted.images == 28
    path = folder / "strangeness.safetensors"
    assert path.stat().st_size == gate.bytes < 1_000_000
    classifier = Classifier.load(list_models(own_weights).get("tiny"), "cpu", "float32")
    pictures = [read_picture(file).pixels for file in sorted(large_lab.rglob("*.png"))]
    found = [result.novelty for result in classifier.classify(pictures, cells=False)]
    assert all(value > 0 for value in found)
    assert np.mean([value <= gate.threshold for value in found]) > 0.8
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    (novelty,) = classifier.classify([noise], cells=False)
    assert novelty.novelty > np.median(found)
    # An altered file is refused; fitting anew mends it.
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(GatesError, match="was altered"):
        Classifier.load(list_models(own_weights).get("tiny"), "cpu")
    assert calibrate(own_weights, "--own", data=large_lab).code == 0
    # Without it the model works, and says so.
    path.unlink()
    bare = Classifier.load(list_models(own_weights).get("tiny"), "cpu", "float32")
    (result,) = bare.classify(pictures[:1], cells=False)
    assert result.novelty is None
    (same,) = classifier.classify(pictures[:1], cells=False)
    assert result.probabilities == same.probabilities


def test_gates_that_are_fitted_anew_replace_the_old_ones_and_their_file(
    calibrate, own_weights, large_lab
):
    calibrate(own_weights, "--own", data=large_lab)
    assert read_card(own_weights / "tiny").gates.novelty is not None
    calibrate(own_weights)
    assert read_card(own_weights / "tiny").gates.novelty is None
    assert not (own_weights / "tiny" / "strangeness.safetensors").exists()


def test_other_data_sets_beside_the_own_one_are_measured_as_out_of_distribution(
    calibrate, own_weights, large_lab, tmp_path
):
    beside = large_lab / "bccd" / "JPEGImages"
    beside.mkdir(parents=True)
    rows = ["file,label"]
    rows += [f"{p.parent.name}/{p.name},{p.parent.name}" for p in large_lab.glob("*/*.png")]
    for seed in range(6):
        pixels = drawn.draw_field(seed, bool(seed % 2), 96)
        (beside / f"field {seed}.jpg").write_bytes(drawn.encode(pixels, "JPEG"))
    (large_lab / "labels.csv").write_text("\n".join(rows))
    assert calibrate(own_weights, "--own", data=large_lab).code == 0
    (out_of_distribution,) = read_card(own_weights / "tiny").gates.novelty.out_of_distribution
    assert (out_of_distribution.title, out_of_distribution.images) == ("BCCD", 6)
    assert 0 <= out_of_distribution.auroc <= 1


def test_the_decision_threshold_and_temperature_of_the_card_stay_as_they_are(
    calibrate, own_weights
):
    folder = own_weights / "tiny"
    write_card(read_card(folder).model_copy(update={"decision_threshold": 0.3}), folder)
    before = read_card(folder)
    assert calibrate(own_weights).code == 0
    card = read_card(folder)
    assert (card.decision_threshold, card.temperature) == (0.3, before.temperature)
    assert card.gates.temperature == before.temperature
    assert Path(folder / "test_predictions.csv").is_file()


def test_the_data_set_of_the_model_is_still_the_one_that_is_read(calibrate, own_weights, trained):
    assert read_dataset("all_idb2", trained.data).samples
    copy = own_weights / "elsewhere"
    shutil.copytree(trained.data / "img", copy / "img")
    next((copy / "img").glob("*.tif")).unlink()
    done = calibrate(own_weights, data=copy)
    assert done.code == 2
    assert "has another hash" in done.err


def test_own_pictures_are_known_by_their_content_and_litter_is_passed_over(
    calibrate, own_weights, lab
):
    for path in sorted(lab.rglob("*.png")):
        path.rename(path.with_suffix(("", ".jfif", ".jpe", ".PNG")[len(path.name) % 4]))
    for folder in list(lab.iterdir()):
        (folder / "._cell 0.png").write_bytes(b"\x00\x05\x16\x07")
        (folder / ".ipynb_checkpoints").mkdir()
        some = next(path for path in folder.iterdir() if path.name.startswith("cell"))
        shutil.copy(some, folder / ".ipynb_checkpoints" / "cell 0-checkpoint.png")
    (lab / "Lymphoblasts" / "notes.txt").write_text("words")
    (lab / "._labels.csv").write_bytes(b"\x00\x05\x16\x07")
    (lab / "gone").symlink_to(lab / "nowhere")
    done = calibrate(own_weights, "--own", data=lab)
    assert done.code == 0, done.err
    on = read_card(own_weights / "tiny").gates.fitted_on
    assert on.train + on.validation + on.test == 28
    assert (
        "1 file neither picture nor table of labels, not used. Lymphoblasts/notes.txt" in done.err
    )
    assert "1 file not opened. gone (a link to what is not there)" in done.err
    assert "byte-identical" not in done.err


def test_one_bad_own_picture_is_named_and_left_out_and_many_end_it(calibrate, own_weights, lab):
    bad = sorted(lab.rglob("*.png"))
    bad[0].write_bytes(bad[0].read_bytes()[:100])
    done = calibrate(own_weights, "--own", data=lab)
    assert done.code == 0, done.err
    assert "1 picture could not be read and is left out. Lymphoblasts/cell 0.png: " in done.err
    on = read_card(own_weights / "tiny").gates.fitted_on
    assert on.train + on.validation + on.test == 27
    bad[1].write_bytes(b"")
    bad[2].write_bytes(b"no picture")
    done = calibrate(own_weights, "--own", data=lab)
    assert done.code == 2
    assert "3 of 28 pictures cannot be read, and at most 5% may be left out" in done.err


def test_own_folders_may_each_hold_their_table_in_any_spelling(calibrate, own_weights, lab):
    for folder, word in (("Lymphoblasts", "Blast"), ("healthy cells", "Healthy")):
        for seed in range(14):
            path = lab / folder / f"cell {seed}.png"
            path.rename(path.with_name(unicodedata.normalize("NFD", f"zelle_ä{seed}.png")))
        rows = [f"zelle_ä{seed},{word}" for seed in range(14)]
        (lab / folder / "labels.csv").write_text("\n".join(["file,label", *rows]), "utf-8")
        (lab / folder).rename(lab / f"P{len(folder)}")
    done = calibrate(own_weights, "--own", data=lab)
    assert done.code == 0, done.err
    on = read_card(own_weights / "tiny").gates.fitted_on
    assert on.train + on.validation + on.test == 28
