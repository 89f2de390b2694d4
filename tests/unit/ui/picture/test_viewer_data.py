"""What the viewer is told of a result."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from leuko.decision.evidence_remark import NO_CELL
from leuko.imaging.rendering.colormaps import COLOUR_MAPS, DEFAULT_MAP, colour_table
from leuko.imaging.rendering.overlay import DEFAULT_OPACITY
from leuko.inference.heatmaps.methods import Layer, Method
from leuko.inspection.cells.segmentation import CYTOPLASM, NUCLEUS
from leuko.ui.picture.viewer_data import Batch, cells_words, heat_data, settings, without_maps
from tests.made_session import make_card, make_result


@pytest.fixture
def card(tmp_path):
    return make_card(tmp_path)


@pytest.fixture
def result(card):
    """Evidence for ALL alone, strongest on the left."""
    evidence = np.zeros((2, 4, 4), np.float32)
    evidence[1] = np.linspace(2, 0.5, 4)
    return make_result(card, 0.9, evidence)


def test_every_classs_map_is_sent_as_it_is(result, card):
    maps = heat_data(result, card)["maps"]
    values = np.frombuffer(base64.b64decode(maps["evidence"]), "<f4").reshape(2, *maps["size"])
    np.testing.assert_array_equal(values, result.evidence)
    assert maps["side"] == result.side_px
    assert tuple(maps["area"]) == result.area


def test_the_suggested_class_is_chosen_and_each_has_its_words(result, card):
    data = heat_data(result, card)
    assert data["chosen"] == 1
    healthy, blast = data["classes"]
    assert (healthy["title"], healthy["share"]) == ("Normal cell (HEM)", "0.10")
    assert (blast["title"], blast["share"]) == ("ALL blast", "0.90")
    assert blast["caption"] == "Grad-CAM: evidence for ALL blast"
    assert healthy["notice"] == "No positive evidence for Normal cell (HEM) in this picture."


def test_another_class_comes_first_where_the_verdict_names_another(result, card):
    assert heat_data(result, card, first="HEM")["chosen"] == 0
    assert heat_data(result, card, first="ALL")["chosen"] == 1


def test_a_finer_layer_stands_in_the_caption(result, card):
    layer = Layer("finer", "14 × 14, finer", (14, 14))
    data = heat_data(result, card, Method.LAYER_CAM, layer)
    assert data["classes"][1]["caption"] == "LayerCAM at 14 × 14, finer: evidence for ALL blast"


def test_the_unit_is_the_methods(result, card):
    for method in Method:
        data = heat_data(result, card, method)
        assert data["unit"] == method.unit
        assert data["absolute"] == method.absolute


def test_a_common_scale_is_offered_only_where_strengths_compare(result, card):
    batch = Batch.of([result, replace(result, evidence=3 * result.evidence)])
    assert batch == Batch(2, 6.0)
    offered = heat_data(result, card, batch=batch)["batch"]
    assert offered["top"] == 6.0
    assert "2 pictures of this batch" in offered["title"]
    relative = next(method for method in Method if not method.absolute)
    assert heat_data(result, card, relative, batch=batch)["batch"]["top"] == 0
    assert heat_data(result, card, batch=Batch.of([result]))["batch"]["top"] == 0
    assert heat_data(result, card)["batch"]["top"] == 0


def test_a_map_under_way_sends_no_evidence_but_all_other_words(result, card):
    data = without_maps(heat_data(result, card), "Wait.")
    assert data["maps"] is None
    assert data["notice"] == "Wait."
    assert [each["share"] for each in data["classes"]] == ["0.10", "0.90"]


def test_the_colour_tables_are_those_of_the_downloads():
    said = settings()
    assert said["colours"] == DEFAULT_MAP
    assert said["opacity"] == 100 * DEFAULT_OPACITY
    assert tuple(said["tables"]) == COLOUR_MAPS
    for name, text in said["tables"].items():
        table = np.frombuffer(base64.b64decode(text), np.uint8).reshape(256, 3)
        np.testing.assert_array_equal(table, colour_table(name))


def mask_of(left):
    """A cell on the left (fraction) of a picture: its upper half nucleus, its lower cytoplasm."""
    mask = np.zeros((64, 64), np.uint8)
    mask[:32, : int(64 * left)] = NUCLEUS
    mask[32:, : int(64 * left)] = CYTOPLASM
    return mask


def test_evidence_on_the_cell_is_told_in_whole_per_cent_that_sum_to_100(card):
    result = make_result(card, 0.9, np.ones((2, 4, 4), np.float32))
    words, warn = cells_words(result.with_cells(mask_of(0.75)), "ALL")
    assert words == "Evidence: 38 % nucleus, 38 % cytoplasm, 24 % outside cells"
    assert not warn


def test_evidence_mostly_outside_the_cells_is_a_warning(card):
    result = make_result(card, 0.9, np.ones((2, 4, 4), np.float32))
    words, warn = cells_words(result.with_cells(mask_of(0.25)), "ALL")
    assert words.startswith("Evidence mostly outside the cells: ")
    assert "76 % outside cells" in words
    assert warn


def test_without_mask_or_evidence_nothing_is_said_and_without_a_cell_it_is_said(result):
    assert cells_words(result, "ALL") == ("", False)
    empty = result.with_cells(np.zeros((64, 64), np.uint8))
    assert cells_words(empty, "HEM") == ("", False)
    words, warn = cells_words(empty, "ALL")
    assert words == NO_CELL
    assert not warn


def test_a_word_in_parentheses_follows_the_class_it_belongs_to(result, card):
    data = heat_data(result, card, remarks={"HEM": "true"})
    assert [each["title"] for each in data["classes"]] == ["Normal cell (HEM) (true)", "ALL blast"]
