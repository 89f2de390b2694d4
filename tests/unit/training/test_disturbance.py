import pytest
import torch

from leuko.training.disturbance import Disturbance
from leuko.training.recipe import AugmentationRecipe


def batch(n=40, side=32):
    torch.manual_seed(5)
    return torch.rand(n, 3, side, side) * 0.6 + 0.3


def disturbed(pictures, **strengths):
    torch.manual_seed(1)
    return Disturbance(AugmentationRecipe(**strengths))(pictures)


def test_a_recipe_says_whether_anything_is_disturbed():
    assert not AugmentationRecipe(flips=True, scale=(0.9, 1.1)).disturbs
    for name in ("shift", "stain", "blur", "noise"):
        assert AugmentationRecipe(**{name: 0.1}).disturbs


def test_a_seed_repeats_what_was_drawn_and_the_batch_stays_as_it_was():
    pictures = batch()
    before = pictures.clone()
    strengths = {"shift": 0.1, "stain": 0.3, "blur": 0.5, "noise": 0.05}
    first = disturbed(pictures, **strengths)
    assert torch.equal(first, disturbed(pictures, **strengths))
    assert torch.equal(pictures, before)
    assert first.shape == pictures.shape
    assert first.min() >= 0
    assert first.max() <= 1


def test_stain_keeps_structure_and_changes_colour_of_each_picture_by_itself():
    pictures = batch()
    changed = disturbed(pictures, stain=0.3)
    for one, other in zip(pictures, changed, strict=True):
        both = torch.stack([one[1].reshape(-1), other[1].reshape(-1)])
        assert torch.corrcoef(both)[0, 1] > 0.95
    means = changed.mean(dim=(2, 3)) - pictures.mean(dim=(2, 3))
    assert means.std(dim=0).min() > 0.02


def test_a_shift_moves_by_no_more_than_was_asked():
    pictures = torch.zeros(60, 3, 40, 40)
    pictures[:, :, 18:22, 18:22] = 1
    moved = disturbed(pictures, shift=0.1)
    rows = (moved[:, 0].sum(2) * torch.arange(40)).sum(1) / moved[:, 0].sum((1, 2))
    away = rows - 19.5
    assert away.abs().max() <= 4.01
    assert away.abs().max() > 2


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_blur_takes_detail_from_about_the_share_that_was_asked(share):
    pictures = batch(n=400)

    def detail(of):
        return (of[..., 1:] - of[..., :-1]).abs().mean(dim=(1, 2, 3))

    ratio = detail(disturbed(pictures, blur=share)) / detail(pictures)
    assert (ratio < 0.99).float().mean() == pytest.approx(share, abs=0.08)
    assert (ratio > 1.01).float().mean() == pytest.approx(0.15, abs=0.08)


def test_noise_stays_below_its_spread():
    pictures = torch.full((50, 3, 32, 32), 0.5)
    spread = (disturbed(pictures, noise=0.1) - pictures).std(dim=(1, 2, 3))
    assert spread.max() <= 0.11
    assert spread.max() > 0.08
