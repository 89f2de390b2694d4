"""On pictures of public sets that the network was not trained on, it does what the page says."""

import numpy as np
import pytest

from leuko.data.adapters import acevedo, c_nmc, munich, taleqani, txl_pbc
from leuko.evaluation.finder.figures import read_figures, summarise
from leuko.evaluation.finder.measure import boxed_fields, count_field, masked_cells, overlap
from leuko.imaging.decoding.decode import read_picture
from leuko.inspection.cells.finder import find_leukocytes
from leuko.inspection.cells.network import read_record
from leuko.settings import load_limits

EVERY = 3
"""A part of the pictures, evenly spread, to be done in seconds."""


def test_the_stored_figures_are_those_of_the_installed_network():
    figures = read_figures()
    assert figures.sha256 == read_record().sha256
    assert figures.detection == tuple(summarise(figures.counts))


@pytest.mark.real_images
def test_leukocytes_in_boxes_are_found(real_images):
    fields = [one for one in boxed_fields(real_images) if one.side == txl_pbc.SIDES[1]][::EVERY]
    limits = load_limits()
    counts = [
        count_field(one, limits, None, left_out=False).model_copy(update={"set": "all"})
        for one in fields
    ]
    assert summarise(counts)[0].f1 >= 0.93


@pytest.mark.real_images
def test_masks_of_cells_agree_with_those_drawn_by_hand(real_images):
    held_out = [one for one in masked_cells(real_images) if one.held_out][::EVERY]
    cell, nucleus = np.mean([overlap(one, load_limits()) for one in held_out], axis=0)
    assert cell >= 0.93
    assert nucleus >= 0.9


@pytest.mark.real_images
@pytest.mark.parametrize(("adapter", "least"), [(acevedo, 0.9), (munich, 0.9), (c_nmc, 0.95)])
def test_a_picture_of_one_cell_has_it_in_its_middle(real_images, adapter, least):
    samples = [one for one in adapter.read(real_images).samples if one.label != "Platelet"]
    chosen = samples[:: max(1, len(samples) // 40)]
    right = 0
    for sample in chosen:
        pixels = read_picture(sample.path, load_limits()).pixels
        height, width = pixels.shape[:2]
        found = find_leukocytes(pixels)
        right += any(
            abs(cell.centre[0] - width / 2) < width / 5
            and abs(cell.centre[1] - height / 2) < height / 5
            for cell in found.cells
        )
    assert right >= least * len(chosen)


@pytest.mark.real_images
def test_fields_of_blasts_hold_many_cells_none_larger_than_a_third_of_the_field(real_images):
    samples = [one for one in taleqani.read(real_images).samples if one.label == "Pre"]
    counts = []
    for sample in samples[:: max(1, len(samples) // 20)]:
        found = find_leukocytes(read_picture(sample.path, load_limits()).pixels)
        counts.append(len(found.cells))
        assert all(max(cell.box.width, cell.box.height) < 224 / 3 for cell in found.cells)
    assert np.median(counts) >= 4
