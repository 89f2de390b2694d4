import math

import pytest
import torch

from leuko.imaging.preprocessing.cell_cut import GROUND
from leuko.training.attributes.augment import augment, middle
from leuko.training.attributes.recipe import StainAugmentation

NOTHING = StainAugmentation(
    turns=False, scale=0, shift=0, stain=0, mixing=0, gamma=0, blurred=0, sharpened=0, noise=0
)


def cuts(count=4, side=80, seed=0):
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand((count, 3, 10, 10), generator=generator) * 200 + 30
    fine = torch.nn.functional.interpolate(coarse, size=(side, side), mode="bilinear")
    return fine.round().to(torch.uint8)


def changed(recipe, pictures=None, seed=1):
    pictures = cuts() if pictures is None else pictures
    return augment(pictures, recipe, 64, torch.Generator().manual_seed(seed))


def with_only(**changes):
    return NOTHING.model_copy(update=changes)


def test_an_augmentation_that_changes_nothing_gives_the_middle_of_the_wider_cut():
    assert torch.allclose(changed(NOTHING), middle(cuts(), 64), atol=1e-4)


def test_the_middle_is_what_the_network_reads_elsewhere():
    assert torch.equal(middle(cuts(), 64), cuts()[:, :, 8:72, 8:72].float() / 255)


def test_the_same_seed_gives_the_same_cells_and_another_gives_others():
    recipe = StainAugmentation()
    assert torch.equal(changed(recipe), changed(recipe))
    assert not torch.allclose(changed(recipe), changed(recipe, seed=2))


def test_every_cell_of_a_batch_is_changed_in_its_own_way():
    same = cuts(1).expand(4, -1, -1, -1).contiguous()
    for recipe in (with_only(turns=True), with_only(stain=0.3), with_only(shift=0.1)):
        found = changed(recipe, same)
        assert all(not torch.allclose(found[0], found[place], atol=1e-3) for place in (1, 2, 3))


def test_values_stay_colours_whatever_is_asked_for():
    wild = StainAugmentation(
        scale=0.9,
        shift=0.5,
        stain=0.9,
        mixing=0.5,
        gamma=0.9,
        blurred=0.5,
        sharpened=0.5,
        noise=0.5,
    )
    found = changed(wild)
    assert found.shape == (4, 3, 64, 64)
    assert found.min() >= 0
    assert found.max() <= 1


def test_what_lies_beyond_the_cut_has_the_colour_of_the_ground():
    small = changed(with_only(scale=0.99), cuts(64))
    corners = small[:, :, 0, 0]
    ground = torch.isclose(corners, torch.tensor(GROUND / 255), atol=1e-3).all(dim=1)
    assert ground.any()


def test_a_steeper_curve_multiplies_optical_density_and_some_cells_get_lighter_some_darker():
    before = -torch.log(middle(cuts(32), 64))
    after = -torch.log(changed(with_only(gamma=0.2), cuts(32)))
    factors = (after / before).flatten(1)
    assert (factors.std(dim=1) < 1e-2).all()
    factor = factors.median(dim=1).values
    assert math.exp(-0.2) - 1e-3 <= float(factor.min()) < 1 < float(factor.max())
    assert float(factor.max()) <= math.exp(0.2) + 1e-3


def test_a_coarser_cell_has_less_detail_and_a_sharpened_one_more():
    noisy = (torch.rand((8, 3, 80, 80), generator=torch.Generator().manual_seed(3)) * 100 + 70).to(
        torch.uint8
    )
    before = detail(middle(noisy, 64))
    assert (detail(changed(with_only(blurred=1), noisy)) < before).all()
    assert (detail(changed(with_only(sharpened=1), noisy)) > before).all()


def detail(pictures):
    return (pictures[..., 1:] - pictures[..., :-1]).abs().mean(dim=(1, 2, 3))


def test_a_turn_keeps_a_cell_that_looks_the_same_from_all_sides():
    y, x = torch.meshgrid(torch.arange(80) - 39.5, torch.arange(80) - 39.5, indexing="ij")
    disk = torch.where((x**2 + y**2).sqrt() < 20, 90, GROUND).to(torch.uint8)
    picture = disk.expand(2, 3, 80, 80).contiguous()
    found = changed(with_only(turns=True), picture)
    assert (found - middle(picture, 64)).abs().mean() == pytest.approx(0, abs=0.01)
