"""The shipped model that describes cells, from its folder and on real pictures."""

import importlib.util

import numpy as np
import pytest

from leuko.data.adapters import acevedo_attributes
from leuko.decision.morphology import Silence, describe_cells
from leuko.evaluation.attributes.predictions import read_attribute_predictions
from leuko.evaluation.attributes.stored import figures_of
from leuko.imaging.decoding.decode import read_picture
from leuko.imaging.preprocessing.cell_cut import middle_cell
from leuko.inference.attributes import AttributeReader
from leuko.inspection.cells.finder import find_leukocytes
from leuko.models.attributes.store import list_attribute_models
from leuko.models.store import list_models
from tests import ROOT

WEIGHTS = ROOT / "weights"
SHIPPED = "attributes-mobilenetv2"
SAME = 0.05
"""Of a probability; a finder that draws an outline a pixel elsewhere moves the cut."""


@pytest.fixture(scope="module")
def model():
    return list_attribute_models(WEIGHTS).get(SHIPPED)


@pytest.fixture(scope="module")
def figures(model):
    return figures_of(model)


def test_the_folder_is_in_order_and_small(model):
    assert list_attribute_models(WEIGHTS).problems == ()
    assert model.card.weights.bytes < 45_000_000
    assert SHIPPED not in {each.id for each in list_models(WEIGHTS).models}


def test_it_tells_the_eleven_attributes_of_the_official_division(model, figures):
    assert model.card.values == {str(k): v for k, v in acevedo_attributes.VALUES.items()}
    assert figures.summary.cells == model.card.sides.test
    assert figures.summary.read_twice == 205


def test_what_is_said_of_test_cells_is_right_nearly_as_often_as_was_asked_for(model, figures):
    everything = figures.said[-1]
    assert everything.right.high >= model.card.right_share
    assert everything.right.value >= model.card.right_share - 0.02
    assert everything.said.value > 0.5


def test_the_model_is_far_better_than_the_most_frequent_value(model, figures):
    stored = read_attribute_predictions(model.predictions_path, model.card.values)
    for each in figures.summary.attributes:
        counts = np.bincount(stored.truth[each.name])
        share = counts.max() / counts.sum()
        blind = 2 * share / (1 + share) / (counts > 0).sum()
        assert each.model.low > blind


def test_cells_of_other_laboratories_are_more_often_novel_than_its_own(model):
    own, *others = model.card.novelty.measured
    assert own.novel / own.cells < 0.15
    assert others
    assert all(each.novel / each.cells > own.novel / own.cells for each in others)


def test_the_page_of_figures_is_what_its_script_computes():
    path = ROOT / "docs" / "morphology_page.py"
    specification = importlib.util.spec_from_file_location("leuko_docs_morphology", path)
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    assert script.PAGE.read_text(encoding="utf-8") == script.page(), (
        "run: python docs/morphology_page.py --write"
    )


@pytest.mark.real_images
def test_real_test_cells_are_told_as_the_stored_predictions_say(model, real_images):
    stored = read_attribute_predictions(model.predictions_path, model.card.values)
    cells = {cell.image_id: cell for cell in acevedo_attributes.read(real_images)}
    reader = AttributeReader.load(model, "cpu")
    same = []
    for place in range(0, stored.n, 40):
        pixels = read_picture(cells[stored.image_ids[place]].path).pixels
        (found,) = reader.read(pixels, [middle_cell(pixels)], model.card.input.size.red_cell_px)
        same += [
            abs(max(found.probabilities[name]) - stored.probabilities[name][place].max()) < SAME
            for name in model.card.values
        ]
    assert np.mean(same) > 0.9


@pytest.mark.real_images
def test_a_real_basophil_has_coarse_purple_granules_and_a_real_lymphocyte_none(model, real_images):
    reader = AttributeReader.load(model, "cpu")
    told = {"Basophil": [], "Lymphocyte": []}
    for cell in acevedo_attributes.read(real_images):
        if cell.side == "test" and len(told.get(cell.label, range(10))) < 10:
            pixels = read_picture(cell.path).pixels
            told[cell.label] += describe_cells(reader, pixels, [middle_cell(pixels)])
    said = {label: [words.text for words in all_] for label, all_ in told.items()}
    assert sum("granules: coarse, purple" in text for text in said["Basophil"]) >= 6
    assert sum("granules: none" in text for text in said["Lymphocyte"]) >= 6
    assert not any("granules: none" in text for text in said["Basophil"])
    assert not any("coarse" in text for text in said["Lymphocyte"])


@pytest.mark.real_images
def test_cells_of_another_laboratory_are_left_undescribed_far_more_often_than_its_own(
    model, real_images
):
    reader = AttributeReader.load(model, "cpu")
    found = []
    for path in sorted((real_images / "all_idb2" / "img").glob("*.tif*"))[::13]:
        pixels = read_picture(path).pixels
        found += describe_cells(reader, pixels, find_leukocytes(pixels).cells)
    assert found
    own = next(each for each in model.card.novelty.measured if each.title == "Own test cells")
    novel = np.mean([words.silence is Silence.NOVEL for words in found])
    assert novel > 0.2
    assert novel > 5 * own.novel / own.cells
    assert not any(words.findings for words in found if words.silence is Silence.NOVEL)
