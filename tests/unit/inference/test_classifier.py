import copy
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from leuko.calibration.novelty import fit_novelty
from leuko.errors import DeviceError, GatesError, WeightsError
from leuko.imaging.preprocessing.prepare import prepare
from leuko.inference import device as device_module
from leuko.inference.classifier import Classifier
from leuko.inspection.kind.classify import recognise_kind
from leuko.inspection.quality.measures import measure_quality
from leuko.models.store import list_models
from tests import drawn
from tests.made_networks import MEAN, STD, install, make_card


@pytest.fixture
def classifier(tiny_network):
    return Classifier(make_card(tiny_network), tiny_network)


def same(first, second):
    return (
        first.probabilities == second.probabilities
        and first.label == second.label
        and first.area == second.area
        and np.array_equal(first.evidence, second.evidence)
    )


def test_probabilities_are_the_softmax_of_the_plain_forward_pass(tiny_network, crops):
    network = copy.deepcopy(tiny_network)
    classifier = Classifier(make_card(tiny_network, temperature=2.0), tiny_network)
    results = classifier.classify(crops)
    steps = classifier.card.input.steps
    stacked = np.stack([prepare(pixels, steps).pixels for pixels in crops]) / 255
    normalised = (stacked - np.array(MEAN)) / np.array(STD)
    with torch.no_grad():
        pictures = torch.from_numpy(normalised).permute(0, 3, 1, 2).float()
        expected = (network(pictures) / 2.0).softmax(1).numpy()
    found = np.array([list(result.probabilities.values()) for result in results])
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)


def test_the_suggestion_follows_the_decision_threshold_of_the_card(tiny_network, crops):
    always = Classifier(make_card(tiny_network, decision_threshold=0.0), tiny_network)
    never = Classifier(make_card(tiny_network, decision_threshold=1.0), tiny_network)
    assert all(result.malignant for result in always.classify(crops))
    for result in never.classify(crops):
        assert not result.malignant
        assert result.label == "Benign"


def test_malignant_agrees_with_its_probability_and_its_label(classifier, crops):
    for result in classifier.classify(crops):
        total = result.probabilities["Early"] + result.probabilities["Pre"]
        assert result.malignant_probability == pytest.approx(total)
        assert result.malignant == (total >= 0.5) == (result.label != "Benign")


def test_results_come_in_the_order_of_the_pictures_whatever_the_batch(classifier, crops):
    whole = classifier.classify(crops, batch=16)
    for batch in (1, 4):
        for one, other in zip(classifier.classify(crops, batch), whole, strict=True):
            np.testing.assert_allclose(
                list(one.probabilities.values()), list(other.probabilities.values()), atol=1e-5
            )
            np.testing.assert_allclose(one.evidence, other.evidence, atol=1e-4)


def test_pictures_of_different_sizes_share_a_batch(classifier, crops):
    mixed = [crops[0], crops[1][:50], crops[2][:, :40], drawn.draw_crop(9, True, 200)]
    assert [result.side_px for result in classifier.classify(mixed)] == [64] * 4


def test_no_pictures_give_no_results(classifier):
    assert classifier.classify([]) == []


def test_the_heat_of_a_wide_picture_has_the_pictures_proportions(classifier):
    wide = drawn.draw_crop(3, True, 120)[30:90]  # 60 rows, 120 columns
    result = classifier.classify([wide])[0]
    assert result.area == (0, 16, 64, 48)
    for label in result.probabilities:
        heat = result.heat(label)
        assert heat.shape == (32, 64)
        assert np.isfinite(heat).all()
        assert heat.min() >= 0
        assert heat.max() <= 1


def test_a_class_without_positive_evidence_is_flagged_and_its_heat_is_zero(tiny_network, crops):
    tiny_network.body.get_classifier().weight.data[1] = 0
    for result in Classifier(make_card(tiny_network), tiny_network).classify(crops):
        assert not result.has_evidence("Early")
        assert result.peak("Early") == 0
        heat = result.heat("Early")
        assert heat.shape == (64, 64)
        assert not heat.any()
        assert np.isfinite(heat).all()


def test_heat_reaches_one_where_there_is_evidence_and_the_peak_keeps_the_logits_scale(
    classifier, crops
):
    result = classifier.classify(crops[:1])[0]
    for label in result.probabilities:
        if result.has_evidence(label):
            index = list(result.probabilities).index(label)
            assert result.peak(label) == pytest.approx(float(result.evidence[index].max()))
            assert result.heat(label).max() > 0.5


def test_heat_is_of_the_suggested_class_unless_another_is_named(classifier, crops):
    result = classifier.classify(crops[:1])[0]
    np.testing.assert_array_equal(result.heat(), result.heat(result.label))


def test_ten_threads_at_once_get_exactly_what_one_gets(classifier, crops):
    alone = classifier.classify(crops)
    start = threading.Barrier(10)

    def work(_):
        start.wait()
        return [classifier.classify(crops) for _ in range(3)]

    with ThreadPoolExecutor(10) as pool:
        for rounds in pool.map(work, range(10)):
            for results in rounds:
                assert all(same(a, b) for a, b in zip(results, alone, strict=True))


def test_a_reader_that_stops_in_the_middle_of_a_stream_does_not_block_the_others(classifier, crops):
    held = classifier.stream(crops, batch=2)
    first = next(held)
    assert same(classifier.classify(crops[:2], batch=2)[0], first)


def test_a_failure_in_the_middle_leaves_the_classifier_usable(classifier, crops, monkeypatch):
    expected = classifier.classify(crops)

    def fail(_features):
        raise RuntimeError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(classifier._network, "head", fail)
        with pytest.raises(RuntimeError, match="planted"):
            classifier.classify(crops)
    found = classifier.classify(crops)
    assert all(same(a, b) for a, b in zip(found, expected, strict=True))
    for parameter in classifier._network.parameters():
        assert not parameter.requires_grad
        assert parameter.grad is None


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_the_gradient_mode_of_the_callers_thread_does_not_matter(classifier, crops, mode):
    expected = classifier.classify(crops)
    with mode():
        found = classifier.classify(crops)
    assert all(same(a, b) for a, b in zip(found, expected, strict=True))


def test_a_loaded_model_answers_like_the_network_that_was_saved(tiny_network, crops, tmp_path):
    install(copy.deepcopy(tiny_network), tmp_path)
    loaded = Classifier.load(list_models(tmp_path).get("tiny"), "cpu")
    direct = Classifier(loaded.card, tiny_network)
    pairs = zip(loaded.classify(crops), direct.classify(crops), strict=True)
    assert all(same(a, b) for a, b in pairs)


def test_a_model_loaded_in_inference_mode_still_explains(tiny_network, crops, tmp_path):
    install(copy.deepcopy(tiny_network), tmp_path)
    model = list_models(tmp_path).get("tiny")
    expected = Classifier.load(model, "cpu").classify(crops)
    with torch.inference_mode():
        loaded = Classifier.load(model, "cpu")
    assert all(same(a, b) for a, b in zip(loaded.classify(crops), expected, strict=True))


@pytest.mark.parametrize(
    ("allowed", "hardware", "precision", "expected"),
    [
        (True, True, "auto", torch.bfloat16),
        (False, True, "auto", torch.float32),
        (True, False, "auto", torch.float32),
        (True, True, "float32", torch.float32),
        (False, False, "bfloat16", torch.bfloat16),
    ],
)
def test_bfloat16_needs_the_cards_word_and_the_hardware_unless_it_is_asked_for(
    tiny_network, monkeypatch, allowed, hardware, precision, expected
):
    monkeypatch.setattr(device_module, "has_bfloat16", lambda _: hardware)
    card = make_card(tiny_network).model_copy(update={"reduced_precision": allowed})
    classifier = Classifier(card, copy.deepcopy(tiny_network), precision=precision)
    assert classifier.dtype == expected
    (result,) = classifier.classify([drawn.draw_crop(1, True, 64)])
    assert sum(result.probabilities.values()) == pytest.approx(1)
    assert result.evidence.dtype == np.float32


def test_a_model_without_weights_cannot_be_loaded(tiny_network, tmp_path):
    folder = install(tiny_network, tmp_path)
    (folder / "model.safetensors").unlink()
    with pytest.raises(WeightsError, match="missing"):
        Classifier.load(list_models(tmp_path).get("tiny"), "cpu")


def test_an_absent_device_is_refused_before_anything_is_loaded(tiny_network, tmp_path):
    install(tiny_network, tmp_path)
    with pytest.raises(DeviceError):
        Classifier.load(list_models(tmp_path).get("tiny"), "cuda:99")


def test_a_novelty_gate_of_another_network_is_an_error_of_the_model(tiny_network, crops):
    other = fit_novelty(np.random.default_rng(0).normal(size=(40, 5)), np.arange(40) % 2)
    classifier = Classifier(make_card(tiny_network), tiny_network, novelty=other)
    with pytest.raises(GatesError, match="is not that of its network"):
        classifier.classify(crops)


def test_novelty_is_that_of_the_means_of_the_feature_maps(tiny_network, crops):
    network = copy.deepcopy(tiny_network)
    plain = Classifier(make_card(tiny_network), copy.deepcopy(tiny_network))
    pooled = plain.features(crops).pooled
    fitted = fit_novelty(pooled, np.arange(len(crops)) % 2)
    classifier = Classifier(make_card(tiny_network), network, novelty=fitted)
    results = classifier.classify(crops, batch=4, cells=False)
    assert [one.novelty for one in results] == pytest.approx(fitted.of(pooled).tolist())
    assert all(one.novelty is None for one in plain.classify(crops))
    for gated, ungated in zip(results, plain.classify(crops, batch=4), strict=True):
        assert same(gated, ungated)


def test_pooled_features_are_the_means_of_the_maps_of_the_one_pass(tiny_network, crops):
    network = copy.deepcopy(tiny_network)
    classifier = Classifier(make_card(tiny_network), tiny_network)
    found = classifier.features(crops)
    stacked = np.stack([prepare(p, classifier.card.input.steps).pixels for p in crops]) / 255
    normalised = (stacked - np.array(MEAN)) / np.array(STD)
    with torch.no_grad():
        pictures = torch.from_numpy(normalised).permute(0, 3, 1, 2).float()
        expected = network.maps(network.trunk(pictures)).mean(dim=(2, 3)).numpy()
    np.testing.assert_allclose(found.pooled, expected, atol=1e-5)
    values = [list(result.probabilities.values()) for result in classifier.classify(crops)]
    np.testing.assert_allclose(found.probabilities, values, atol=1e-12)


def test_kind_and_quality_of_a_picture_come_with_its_answer(classifier):
    pictures = [drawn.draw_field(1, True), drawn.draw_crop(1, True), drawn.draw_segmented(1, True)]
    results = classifier.classify(pictures)
    assert [result.kind_guess.kind.value for result in results] == ["field", "crop", "segmented"]
    assert [result.quality.width_px for result in results] == [224, 257, 450]
    assert [result.kind_guess for result in results] == [recognise_kind(one) for one in pictures]
    assert [result.quality for result in results] == [measure_quality(one) for one in pictures]
    decided = results[0].at(classifier.card.class_set, 0.9)
    assert (decided.kind_guess, decided.quality) == (results[0].kind_guess, results[0].quality)


def test_whoever_wants_no_cells_gets_no_kind_and_no_quality_either(classifier, crops):
    for result in classifier.classify(crops, cells=False):
        assert (result.cells, result.kind_guess, result.quality) == (None, None, None)


def test_kind_and_quality_take_less_than_a_kilobyte_of_a_result(classifier, crops):
    for result in classifier.classify(crops):
        seen = pickle.dumps((result.kind_guess, result.quality))
        assert len(seen) < 1000
