"""The models in ``weights/`` on real images of the data sets that they were trained on."""

import json
from collections import defaultdict

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter
from scipy.stats import binomtest

from leuko.calibration.conformal import SetsOnTest, limit_for, sets_at, true_probabilities
from leuko.cli.main import main
from leuko.data.kind_pictures import find_neighbours
from leuko.data.registry import read_dataset
from leuko.decision.verdict import verdict_of
from leuko.evaluation.predictions import read_predictions
from leuko.imaging.decoding.decode import read_picture
from leuko.imaging.preprocessing.prepare import prepare
from leuko.inference.classifier import Classifier
from leuko.inference.heatmaps.gradcam import logits_and_evidence
from leuko.models.gates.novelty import load_novelty
from leuko.models.store import list_models
from leuko.models.weights import load_network
from tests import ROOT
from tests.unit.inference.heatmaps.reference import correlation, library_heat, scaled

WEIGHTS = ROOT / "weights"
INVENTORY = list_models(WEIGHTS)
ABLE = [model for model in INVENTORY.models if model.has_weights]
PER_CLASS = 2

every_model = pytest.mark.parametrize("model", ABLE, ids=[model.id for model in ABLE])


def held_out(model, real_images):
    """Two held-out samples of each class."""
    stored = read_predictions(model.predictions_path, model.card.class_set)
    by_id = {s.image_id: s for s in read_dataset(model.card.dataset.id, real_images).samples}
    chosen = defaultdict(list)
    for image_id, label in zip(stored.image_ids, stored.labels, strict=True):
        chosen[label].append(by_id[image_id])
    return [sample for samples in chosen.values() for sample in samples[:PER_CLASS]]


def test_a_model_for_each_kind_of_picture_ships_and_every_folder_is_in_order():
    assert INVENTORY.problems == ()
    assert {model.card.input.kind.value for model in ABLE} >= {"field", "crop", "segmented"}
    assert {model.id for model in ABLE} >= {
        "mobilenetv2-taleqani",
        "mobilenetv2-all-idb2",
        "mobilenetv2-c-nmc",
    }


@every_model
def test_a_shipped_file_stays_below_45_megabytes(model):
    assert model.weights_path.stat().st_size < 45 * 1024 * 1024


@every_model
def test_no_card_names_a_place_on_the_machine_that_trained_it(model):
    values = [json.loads((model.folder / "card.json").read_text(encoding="utf-8"))]
    while values:
        value = values.pop()
        if isinstance(value, dict):
            values += value.values()
        elif isinstance(value, list):
            values += value
        elif isinstance(value, str):
            assert not value.startswith(("/", "file:/", "~"))


@pytest.mark.real_images
@every_model
def test_evidence_on_real_images_is_the_librarys_gradcam_of_every_class(model, real_images):
    card = model.card
    network = load_network(card, model.folder)
    pixels = [read_picture(sample.path).pixels for sample in held_out(model, real_images)]
    stacked = np.stack([prepare(p, card.input.steps).pixels for p in pixels])
    pictures = torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 255
    pictures = (pictures - torch.tensor(card.input.mean).view(1, 3, 1, 1)) / torch.tensor(
        card.input.std
    ).view(1, 3, 1, 1)
    _, evidence = logits_and_evidence(network, pictures)
    ours = scaled(evidence, card.input.side_px)
    theirs = library_heat(network, card.architecture.heatmap_layer, pictures)
    says_something = np.ptp(ours, axis=(2, 3)) > 0.5
    assert says_something.any(axis=1).all(), "a comparison of empty maps proves nothing"
    for picture in range(len(pictures)):
        for index in range(len(card.classes)):
            assert correlation(ours[picture, index], theirs[picture, index]) >= 0.999


@pytest.mark.real_images
@every_model
def test_the_classifier_gives_the_stored_probabilities_of_held_out_images(model, real_images):
    stored = read_predictions(model.predictions_path, model.card.class_set)
    expected = dict(zip(stored.image_ids, stored.probabilities, strict=True))
    samples = held_out(model, real_images)
    pictures = [read_picture(sample.path).pixels for sample in samples]
    results = Classifier.load(model, "cpu", "float32").classify(pictures)
    for sample, result in zip(samples, results, strict=True):
        found = list(result.probabilities.values())
        np.testing.assert_allclose(found, expected[sample.image_id], atol=1e-3)


@pytest.mark.real_images
@every_model
def test_bfloat16_suggests_the_stored_classes_where_the_card_allows_it(model, real_images):
    if not model.card.reduced_precision:
        return
    stored = read_predictions(model.predictions_path, model.card.class_set)
    suggested = stored.suggested_indices(model.card.decision_threshold)
    expected = dict(zip(stored.image_ids, suggested, strict=True))
    samples = held_out(model, real_images)
    pictures = [read_picture(sample.path).pixels for sample in samples]
    results = Classifier.load(model, "cpu", "bfloat16").classify(pictures)
    names = model.card.class_set.names
    same = [r.label == names[expected[s.image_id]] for s, r in zip(samples, results, strict=True)]
    assert sum(same) >= len(same) - 1


@pytest.mark.real_images
@pytest.mark.parametrize("model_id", ["mobilenetv2-all-idb2", "mobilenetv2-c-nmc"])
def test_evaluate_says_that_a_shipped_model_equals_its_stored_predictions(
    model_id, real_images, capsys
):
    code = main(
        ["evaluate", model_id, "--data", str(real_images), "--weights", str(WEIGHTS), "--json"]
    )
    record = json.loads(capsys.readouterr().out)
    assert record["equal"] is True
    assert code == 0


@every_model
def test_the_gates_are_those_that_the_stored_predictions_give(model):
    """Limits are ranks of validation predictions; coverage is counted on test predictions."""
    gates = model.card.gates
    assert gates is not None
    validation = read_predictions(model.validation_path, model.card.class_set)
    test = read_predictions(model.predictions_path, model.card.class_set)
    assert (gates.fitted_on.validation, gates.fitted_on.test) == (validation.n, test.n)
    for level in gates.levels:
        limit = limit_for(true_probabilities(validation), level.coverage)
        assert level.limit == pytest.approx(limit, abs=1e-3)
        sets = SetsOnTest(test, sets_at(test.probabilities, level.limit))
        assert level.measured.covered.hits == pytest.approx(int(sets.covered.sum()), abs=1)
        assert level.measured.several == pytest.approx(int((sets.sizes > 1).sum()), abs=1)


@every_model
def test_the_file_of_the_gates_is_there_and_small(model):
    gate = model.card.gates.novelty
    path = model.folder / "strangeness.safetensors"
    assert path.stat().st_size == gate.bytes < 1_000_000
    assert load_novelty(model.card, model.folder) is not None


@pytest.mark.real_images
@every_model
def test_pictures_are_refused_as_often_as_the_card_says(model, real_images):
    gate = model.card.gates.novelty
    classifier = Classifier.load(model, "cpu", "float32")

    def accepted(paths):
        pictures = [read_picture(path).pixels for path in paths]
        results = classifier.classify(pictures, cells=False)
        return sum(result.novelty <= gate.threshold for result in results)

    paths = [sample.path for sample in held_out(model, real_images)]
    assert accepted(paths) >= len(paths) / 2
    neighbours = find_neighbours(real_images, model.card.dataset.id)
    assert {one.title for one in gate.out_of_distribution} == set(neighbours)
    for one in gate.out_of_distribution:
        chosen = neighbours[one.title][:: max(1, len(neighbours[one.title]) // 12)]
        stated = np.clip(1 - one.refused / one.images, 0.02, 0.98)
        chance = binomtest(accepted(chosen), len(chosen), stated).pvalue
        assert chance > 1e-3, one.title


def spoilt(pixels):
    """Copies of a picture that no longer serve, by what was done to them."""
    blurred = Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(6))
    yellow = (pixels * np.array([1.0, 0.9, 0.35])).astype(np.uint8)
    return {
        "dark": (pixels * 0.2).astype(np.uint8),
        "blurred": np.asarray(blurred),
        "yellow": yellow,
        "blank": np.full_like(pixels, 225),
    }


@pytest.mark.real_images
def test_a_real_field_gets_a_class_and_its_spoilt_copies_are_left_to_a_person(real_images):
    model = INVENTORY.get("mobilenetv2-taleqani")
    classifier = Classifier.load(model, "cpu", "float32")

    def verdicts(pictures):
        return [verdict_of(model.card, result) for result in classifier.classify(pictures)]

    paths = [sample.path for sample in held_out(model, real_images)]
    pictures = [read_picture(path).pixels for path in paths]
    good = verdicts(pictures)
    assert sum(one.kind_fits is True for one in good) >= len(good) - 1
    assert not any(f.severity == "severe" for one in good for f in one.quality)
    assert any(not one.deferred for one in good)
    for name in spoilt(pictures[0]):
        for verdict in verdicts([spoilt(pixels)[name] for pixels in pictures]):
            assert verdict.deferred, name


@pytest.mark.real_images
def test_a_real_cell_is_refused_by_a_model_of_fields_and_read_by_its_own(real_images):
    paths = sorted((real_images / "all_idb2" / "img").glob("*.tif"))[::40]
    crops = [read_picture(path).pixels for path in paths]
    for name, fits in (("mobilenetv2-taleqani", False), ("mobilenetv2-all-idb2", True)):
        model = INVENTORY.get(name)
        results = Classifier.load(model, "cpu", "float32").classify(crops)
        found = [verdict_of(model.card, result) for result in results]
        assert sum(one.kind_fits is fits for one in found) >= len(found) - 1
        assert sum(one.refused for one in found) >= (0 if fits else len(found) - 1)
        if not fits:
            assert all(one.in_distribution is False for one in found)
