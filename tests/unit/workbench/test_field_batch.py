"""Fields of a tray are counted bit by bit, with pictures of their cells."""

import io
from base64 import b64decode

import numpy as np
import pytest
from PIL import Image

from leuko.imaging.intake.uploads import Upload
from leuko.inference.classifier import Classifier
from leuko.models.store import list_models
from leuko.settings import Limits
from leuko.workbench import field_batch
from leuko.workbench.classification import Pace, result_key
from leuko.workbench.field_batch import CROP_PX, TILE_PX, Counts, count_some, to_count
from leuko.workbench.uploads import Tray
from tests import drawn
from tests.made_networks import install_cell_model


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    root = tmp_path_factory.mktemp("weights")
    install_cell_model(root)
    return Classifier.load(list_models(root).get("cells"), "cpu")


def field_file(seed):
    return drawn.encode(drawn.draw_field(seed, malignant=True, side_px=448), "PNG")


def tray_of(*files):
    tray = Tray()
    tray.add([Upload(name, data) for name, data in files], Limits())
    return tray


def counted(classifier, tray):
    counts = Counts()
    while to_count(tray, classifier.card, counts):
        count_some(classifier, tray, counts, Limits(), Pace())
    return counts


def decoded(jpeg):
    return np.asarray(Image.open(io.BytesIO(jpeg)))


def test_every_readable_file_is_counted_once_and_the_rest_has_its_sentence(classifier):
    one = field_file(1)
    tray = tray_of(
        ("a.png", one), ("copy.png", one), ("notes.png", b"words"), ("b.png", field_file(2))
    )
    counts = counted(classifier, tray)
    names = [kept.field.name for kept in counts.values()]
    assert names == ["a.png", "b.png"]
    assert "Export the picture" in tray.items[2].error


def test_a_pass_that_has_no_time_left_counts_one_field(classifier, monkeypatch):
    monkeypatch.setattr(field_batch, "FIRST_PASS_SECONDS", 0.0)
    monkeypatch.setattr(field_batch, "LONGEST_PASS_SECONDS", 0.0)
    tray, counts, pace = (
        tray_of(("a.png", field_file(1)), ("b.png", field_file(2))),
        Counts(),
        Pace(),
    )
    count_some(classifier, tray, counts, Limits(), pace)
    assert [item.name for item in to_count(tray, classifier.card, counts)] == ["b.png"]
    assert pace.pictures == 1


def test_a_cell_has_a_tile_and_a_crop_of_what_the_network_reads(classifier):
    pixels = drawn.draw_field(1, malignant=True, side_px=448)
    tray = tray_of(("a.png", drawn.encode(pixels, "PNG")))
    kept = counted(classifier, tray)[result_key(classifier.card, tray.items[0])]
    assert len(kept.tiles) == len(kept.crops) == len(kept.field.cells) >= 3
    for one, tile, crop in zip(kept.field.cells, kept.tiles, kept.crops, strict=True):
        assert decoded(b64decode(tile.split(",")[1])).shape == (TILE_PX, TILE_PX, 3)
        shown = decoded(crop.read())
        assert shown.shape == (CROP_PX, CROP_PX, 3)
        # The step cuts 2.5 diameters around the nucleus: its middle is the middle of the crop.
        x, y = (round(value) for value in one.cell.centre)
        middle = shown[CROP_PX // 2 - 6 : CROP_PX // 2 + 6, CROP_PX // 2 - 6 : CROP_PX // 2 + 6]
        there = pixels[y - 3 : y + 3, x - 3 : x + 3]
        assert np.abs(middle.mean((0, 1)) - there.mean((0, 1))).max() < 25


def test_what_was_counted_goes_when_it_is_closed(classifier):
    tray = tray_of(("a.png", field_file(1)))
    counts = counted(classifier, tray)
    (kept,) = counts.values()
    counts.close()
    assert len(counts) == 0
    with pytest.raises(ValueError, match="closed"):
        kept.crops[0].read()


def test_a_full_disk_costs_the_large_picture_alone(classifier, monkeypatch):
    tray = tray_of(("a.png", field_file(1)))

    def full(_self, _data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("leuko.workbench.temp_store.Spool.keep", full)
    counts = Counts()
    count_some(classifier, tray, counts, Limits(), Pace())
    (kept,) = counts.values()
    assert kept.field.cells
    assert [crop.read() for crop in kept.crops] == [b""] * len(kept.field.cells)
