"""Method and layer of the heatmap on the Diagnose page, and what the viewer is told.

Class, opacity, colours, scale and layout live in the browser: see tests/browser/test_heatmap.py.
"""

import threading

import numpy as np
import pytest

from leuko.inference.classifier import Classifier
from leuko.inference.heatmaps.methods import Layer, Method
from leuko.models.networks.network import Network
from leuko.ui.state.session import KEY
from tests.app.driving import crop, drop, open_app, words
from tests.app.sent import evidence_sent, sent_to_viewer

__all__ = ["open_app"]

PATIENCE = "leuko.ui.picture.heatmap.PATIENCE_SECONDS"
OWN = Layer("own", "2 × 2, as trained", (2, 2))
FINER = Layer("finer", "4 × 4, finer", (4, 4))


class Calls:
    """Counts passes of the network's trunk, and what is asked of ``explain``."""

    def __init__(self):
        self.passes = 0
        self.passes_at_first = 0
        self.explained = []
        self.problem = None
        self.gate = threading.Event()
        self.gate.set()

    def evidence(self, method, layer):
        return np.full((2, 4, 4), len(method) + (layer == FINER.name) / 2, np.float32)


@pytest.fixture
def calls(monkeypatch):
    """Counts passes of the real network; other methods answer with known maps."""
    counted = Calls()
    trunk = Network.trunk

    def counted_trunk(self, pictures):
        counted.passes += 1
        return trunk(self, pictures)

    def explained(self, picture, method=Method.GRAD_CAM, layer=None, progress=None):
        counted.explained.append((method, layer))
        assert counted.gate.wait(60)
        if counted.problem:
            raise counted.problem
        return counted.evidence(method, layer)

    monkeypatch.setattr(Network, "trunk", counted_trunk)
    monkeypatch.setattr(Classifier, "explain_prepared", explained)
    monkeypatch.setattr(Classifier, "layers", lambda self: (OWN, FINER))
    monkeypatch.setattr(PATIENCE, 60)
    return counted


@pytest.fixture
def app(one_model, calls):
    """Two pictures, classified."""
    opened = drop(open_app(), ("a.png", crop(1)), ("b.png", crop(2)))
    assert calls.passes
    calls.passes_at_first = calls.passes
    return opened


def box(app, label):
    (found,) = [each for each in app.selectbox if each.label == label]
    return found


def test_the_default_heatmap_comes_with_the_answer_and_costs_no_further_pass(app, calls):
    assert box(app, "Method").value is Method.GRAD_CAM
    data = sent_to_viewer(app)
    app.run()
    shown = list(app.session_state[KEY].results.values())
    assert any(np.array_equal(evidence_sent(data), each.evidence) for each in shown)
    assert calls.passes == calls.passes_at_first
    assert calls.explained == []


def test_all_classes_are_sent_at_once_and_the_suggested_one_is_chosen(app):
    data = sent_to_viewer(app)
    assert len(data["classes"]) == len(evidence_sent(data)) == 2
    suggested = data["classes"][data["chosen"]]["title"]
    assert f"{suggested}, " in words(app)


def test_another_picture_and_back_needs_no_further_pass(app, calls):
    first = sent_to_viewer(app)["id"]
    app.button(key="leuko_next").click().run()
    assert sent_to_viewer(app)["id"] != first
    app.button(key="leuko_previous").click().run()
    assert sent_to_viewer(app)["id"] == first
    assert calls.passes == calls.passes_at_first
    assert calls.explained == []


def test_another_method_is_computed_once_for_each_picture_that_is_looked_at(app, calls):
    box(app, "Method").select(Method.HIRES_CAM).run()
    data = sent_to_viewer(app)
    assert np.array_equal(evidence_sent(data), calls.evidence(Method.HIRES_CAM, None))
    assert data["classes"][0]["caption"].startswith("HiResCAM: evidence for ")
    app.button(key="leuko_next").click().run()
    assert box(app, "Method").value is Method.HIRES_CAM
    app.button(key="leuko_previous").click().run()
    box(app, "Method").select(Method.GRAD_CAM).run()
    box(app, "Method").select(Method.HIRES_CAM).run()
    assert calls.explained == [(Method.HIRES_CAM, None)] * 2
    assert calls.passes == calls.passes_at_first


def test_a_finer_layer_is_offered_in_plain_words_and_named_in_the_caption(app, calls):
    assert box(app, "Layer").options == [OWN.title, FINER.title]
    box(app, "Layer").select(FINER).run()
    data = sent_to_viewer(app)
    assert calls.explained == [(Method.GRAD_CAM, FINER.name)]
    assert np.array_equal(evidence_sent(data), calls.evidence(Method.GRAD_CAM, FINER.name))
    assert f"Grad-CAM at {FINER.title}: evidence for" in data["classes"][0]["caption"]
    box(app, "Layer").select(OWN).run()
    assert calls.explained == [(Method.GRAD_CAM, FINER.name)]


def test_a_network_with_one_layer_offers_no_choice(one_model, calls, monkeypatch):
    monkeypatch.setattr(Classifier, "layers", lambda self: (OWN,))
    app = drop(open_app(), ("a.png", crop(1)))
    assert [each.label for each in app.selectbox if each.label == "Layer"] == []


def test_method_and_layer_survive_a_visit_to_another_page(app):
    box(app, "Method").select(Method.LAYER_CAM).run()
    box(app, "Layer").select(FINER).run()
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/diagnose.py").run()
    assert box(app, "Method").value is Method.LAYER_CAM
    assert box(app, "Layer").value == FINER


def test_while_a_map_is_computed_no_other_map_stands_in_for_it(app, calls, monkeypatch):
    monkeypatch.setattr(PATIENCE, 0.0)
    calls.gate.clear()
    box(app, "Method").select(Method.SCORE_CAM).run()
    data = sent_to_viewer(app)
    assert data["maps"] is None
    assert "is being computed" in data["notice"]
    assert not app.exception
    calls.gate.set()
    monkeypatch.setattr(PATIENCE, 60)
    app.run()
    assert np.array_equal(
        evidence_sent(sent_to_viewer(app)), calls.evidence(Method.SCORE_CAM, None)
    )
    assert calls.explained == [(Method.SCORE_CAM, None)]


def test_a_map_that_is_finished_while_the_page_is_drawn_is_shown_at_once(app, calls, monkeypatch):
    # The page finds no map, and by the time it would tell how far it is the map is there.
    monkeypatch.setattr(PATIENCE, 0.0)
    calls.gate.clear()

    def finished_by_now(maps, key):
        calls.gate.set()
        wait_for(maps, key)

    monkeypatch.setattr("leuko.workbench.heatmap_jobs.MapShelf.share_done", finished_by_now)
    box(app, "Method").select(Method.HIRES_CAM).run()
    assert sent_to_viewer(app)["maps"] is not None


def wait_for(maps, key):
    if key in maps._under_way:
        maps._under_way[key].future.result(60)


def test_a_map_that_cannot_be_computed_says_so_and_another_choice_helps(app, calls, caplog):
    calls.problem = ZeroDivisionError("internal detail")
    box(app, "Method").select(Method.XGRAD_CAM).run()
    data = sent_to_viewer(app)
    assert data["maps"] is None
    assert data["notice"].startswith("XGrad-CAM could not be computed for this picture. Choose")
    assert "internal detail" not in data["notice"]
    assert "internal detail" in caplog.text
    caplog.clear()
    calls.problem = None
    box(app, "Method").select(Method.GRAD_CAM).run()
    assert sent_to_viewer(app)["maps"] is not None
    box(app, "Method").select(Method.XGRAD_CAM).run()
    assert sent_to_viewer(app)["maps"] is not None


def test_a_method_that_knows_no_class_shows_one_map(app):
    box(app, "Method").select(Method.EIGEN_CAM).run()
    data = sent_to_viewer(app)
    assert [each["title"] for each in data["classes"]] == ["Any class"]
    assert len(evidence_sent(data)) == 1
    assert not data["absolute"]


def test_remove_all_images_forgets_their_maps(app):
    box(app, "Method").select(Method.HIRES_CAM).run()
    assert len(app.session_state[KEY].maps) == 1
    app.button(key="leuko_clear").click().run()
    assert len(app.session_state[KEY].maps) == 0
