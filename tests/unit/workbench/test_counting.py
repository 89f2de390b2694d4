import dataclasses
import io

import cv2
import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from leuko.cell_classes import CELL_CLASSES
from leuko.errors import ImageError, ModelNotFoundError
from leuko.imaging.decoding.decode import decode_image
from leuko.imaging.picture import Picture
from leuko.inference.classifier import Classifier
from leuko.inspection.cells.found import Box, Cell
from leuko.inspection.kind.classify import KindGuess
from leuko.models.store import list_models
from leuko.settings import Limits
from leuko.workbench.counting import (
    BLANK,
    NO_BLOOD,
    NO_CELL,
    NO_MEMORY,
    ON_BLACK,
    at_threshold,
    can_count,
    cell_thumbnail,
    common_view,
    count_field,
    counting_models,
    model_to_count_with,
)
from tests import drawn
from tests.made_cell_tables import make_cell_model
from tests.made_networks import install, install_cell_model, make_network


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    root = tmp_path_factory.mktemp("weights")
    install_cell_model(root)
    install(make_network("timm", "test_efficientnet"), root, "fields")
    return root


@pytest.fixture(scope="module")
def classifier(weights):
    return Classifier.load(list_models(weights).get("cells"), "cpu")


def picture_of(pixels, name="field.png"):
    return decode_image(drawn.encode(pixels, "PNG"), name, Limits())


def square_cell(left, top, side, size=100):
    corners = np.array([[left, top], [left + side, top], [left + side, top + side]], np.int32)
    middle = (left + side / 2, top + side / 2)
    return Cell(Box(left, top, side, side), middle, side / 2, corners, (corners,), left == 0)


def test_every_leukocyte_of_a_drawn_field_is_found_and_classed(classifier):
    field = count_field(classifier, picture_of(drawn.draw_field(3, True, 448)))
    assert field.error is None
    assert len(field.cells) >= 4
    assert [one.number for one in field.cells] == list(range(1, len(field.cells) + 1))
    for one in field.cells:
        assert one.label in CELL_CLASSES
        assert sum(one.result.probabilities.values()) == pytest.approx(1)
        assert one.verdict.kind is None
        assert field.by_key[field.sha256, one.number] is one


def test_an_unreadable_picture_is_a_field_with_an_error_and_no_cells(classifier):
    field = count_field(classifier, ImageError("broken.png", "The file is damaged."))
    assert (field.name, field.error, field.cells) == ("broken.png", "The file is damaged.", ())


def test_another_threshold_changes_what_is_suggested_and_not_what_was_said(classifier):
    field = count_field(classifier, picture_of(drawn.draw_field(3, True, 448)))
    at_all = at_threshold(field, classifier.card, 0.0)
    assert {one.label for one in at_all.cells} == {"Blast cell"}
    again = at_threshold(at_all, classifier.card, None)
    assert [one.label for one in again.cells] == [one.label for one in field.cells]
    for first, second in zip(field.cells, at_all.cells, strict=True):
        assert first.result.probabilities == second.result.probabilities


def test_the_best_in_laboratories_left_out_is_offered_first(tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKO_CACHE", str(tmp_path / "cache"))
    root = tmp_path / "of-cells"
    make_cell_model(root, "a-weak", strength=1.0, weights=True, recommended=True)
    make_cell_model(root, "b-strong", strength=4.0, weights=True)
    inventory = list_models(root)
    assert [model.id for model in counting_models(inventory)] == ["b-strong", "a-weak"]
    assert model_to_count_with(inventory).id == "b-strong"


def test_a_model_that_reads_whole_pictures_is_refused_and_those_that_can_are_named(weights):
    inventory = list_models(weights)
    assert [model.id for model in counting_models(inventory)] == ["cells"]
    assert model_to_count_with(inventory).id == "cells"
    assert not can_count(inventory.get("fields").card)
    with pytest.raises(ModelNotFoundError, match=r"'fields' reads whole pictures.*one of cells\."):
        model_to_count_with(inventory, "fields")
    only_fields = dataclasses.replace(inventory, models=(inventory.get("fields"),))
    with pytest.raises(ModelNotFoundError, match="No model that reads the cells of a field"):
        model_to_count_with(only_fields)
    with pytest.raises(ModelNotFoundError, match="no model that can is installed"):
        model_to_count_with(only_fields, "fields")


def test_a_thumbnail_has_the_cell_in_its_middle_and_no_invented_ground_beyond_the_picture():
    pixels = np.full((100, 120, 3), 200, np.uint8)
    pixels[40:60, 0:20] = (120, 40, 160)
    shown = np.asarray(
        Image.open(io.BytesIO(cell_thumbnail(pixels, square_cell(0, 40, 20), 80, 40)))
    )
    assert shown.shape == (80, 80, 3)
    assert np.abs(shown[40, 40].astype(int) - (120, 40, 160)).max() < 20
    assert np.abs(shown[40, 5].astype(int) - 240).max() < 12  # left of the picture
    assert np.abs(shown[40, 75].astype(int) - 200).max() < 12


def test_cells_of_one_field_share_a_view_that_shows_nearly_all_of_them_whole(classifier):
    field = count_field(classifier, picture_of(drawn.draw_field(3, True, 448)))
    longest = [max(one.cell.box.width, one.cell.box.height) for one in field.cells]
    assert np.median(longest) < common_view(field) <= 1.4 * max(longest)
    assert common_view(dataclasses.replace(field, cells=())) is None


# What is no field of leukocytes: an honest zero with one sentence, never a made-up cell.


@pytest.mark.parametrize("grey", [0, 235, 255])
def test_a_blank_picture_has_nothing_to_count(classifier, grey):
    field = count_field(classifier, picture_of(np.full((300, 400, 3), grey, np.uint8)))
    assert (field.cells, field.notes, field.error) == ((), (BLANK,), None)


@pytest.mark.parametrize("seed", range(3))
def test_a_field_of_red_cells_has_no_leukocyte(classifier, seed):
    field = count_field(classifier, picture_of(drawn.draw_red_cells(seed, 320)))
    assert (field.cells, field.notes, field.refused) == ((), (NO_CELL,), False)


def test_a_cell_that_is_larger_than_the_picture_is_at_most_one(classifier):
    middle = np.ascontiguousarray(drawn.draw_crop(2, True, 400)[80:320, 80:320])
    field = count_field(classifier, picture_of(middle))
    assert len(field.cells) <= 1
    assert bool(field.cells) != bool(field.notes)


def test_a_picture_of_one_whole_cell_has_one(classifier):
    field = count_field(classifier, picture_of(drawn.draw_crop(1, True, 300)))
    assert len(field.cells) == 1


@pytest.mark.parametrize("draw", [drawn.draw_crop, drawn.draw_field], ids=["crop", "field"])
def test_the_smallest_picture_that_is_read_is_counted_or_has_a_sentence(classifier, draw):
    field = count_field(classifier, picture_of(draw(2, True, 16)))
    assert field.error is None
    assert len(field.cells) <= 1
    assert field.cells or field.notes


def test_a_picture_of_90_megapixels_has_the_cells_of_the_small_one(classifier):
    small = drawn.draw_field(4, False, 300)
    large = cv2.resize(small, (9500, 9500), interpolation=cv2.INTER_LINEAR)
    assert large.size / 3 > 90_000_000
    few = count_field(classifier, Picture("small.png", small, "a" * 64, "PNG"))
    many = count_field(classifier, Picture("large.png", large, "b" * 64, "PNG"))
    assert many.error is None
    assert len(many.cells) == len(few.cells) > 0
    middles = [np.array([one.cell.centre for one in field.cells]) for field in (few, many)]
    for x, y in middles[1] * 300 / 9500:
        assert np.hypot(*(middles[0] - (x, y)).T).min() < 6


def test_a_cell_on_black_is_one_cell_and_the_note_says_that_no_field_is_there(classifier):
    field = count_field(classifier, picture_of(drawn.draw_segmented(1, True)))
    assert len(field.cells) == 1
    assert field.notes == (ON_BLACK,)


@pytest.mark.parametrize("name", ["china.jpg", "flower.jpg"])
def test_a_photograph_has_no_cell_and_one_sentence(classifier, name):
    field = count_field(classifier, picture_of(load_sample_image(name)))
    assert field.cells == ()
    assert field.notes in ((NO_CELL,), (NO_BLOOD,))


def test_what_looks_like_no_blood_is_counted_only_where_somebody_insists(classifier, monkeypatch):
    unlike = KindGuess(None, 0.97)
    monkeypatch.setattr("leuko.inspection.inspect.recognise_kind", lambda *_: unlike)
    picture = picture_of(drawn.draw_field(3, True, 448))
    refused = count_field(classifier, picture)
    assert (refused.cells, refused.notes, refused.refused) == ((), (NO_BLOOD,), True)
    insisted = count_field(classifier, picture, anyway=True)
    assert insisted.cells
    assert not insisted.refused


def test_where_memory_ends_the_picture_has_a_sentence_and_the_batch_goes_on(
    classifier, monkeypatch
):
    def full(*_):
        raise MemoryError

    monkeypatch.setattr("leuko.inspection.cells.finder.find_leukocytes", full)
    field = count_field(classifier, picture_of(drawn.draw_field(3, True, 448)))
    assert field.error == NO_MEMORY
    assert field.cells == ()
