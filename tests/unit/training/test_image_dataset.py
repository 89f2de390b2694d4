import numpy as np
import pytest
import torch

from leuko.data.adapters.all_idb2 import CLASSES
from leuko.training.image_dataset import EpochSampler, Pictures
from leuko.training.recipe import AugmentationRecipe
from tests import drawn
from tests.unit.data.made_samples import sample

ALL_CHANGES = AugmentationRecipe(
    flips=True, rotation_degrees=30, scale=(0.8, 1.2), brightness=0.2, contrast=0.2,
    saturation=0.2, hue=0.05,
)  # fmt: skip
PREPARED = np.stack([drawn.draw_crop(seed, True, 64) for seed in range(3)])
SAMPLES = [sample("a", "Blast", "1"), sample("b", "Healthy", "2"), sample("c", "Blast", "3")]


def pictures(augmentation=ALL_CHANGES, seed=0):
    return Pictures(SAMPLES, PREPARED, CLASSES.names, augmentation, seed)


def test_without_augmentation_the_pictures_are_the_prepared_ones():
    for epoch in (0, 1):
        for index in range(3):
            picture, _ = pictures(augmentation=None)[epoch, index]
            np.testing.assert_array_equal(picture.permute(1, 2, 0).numpy(), PREPARED[index])


def test_targets_are_positions_among_the_classes():
    assert [pictures()[0, index][1] for index in range(3)] == [1, 0, 1]


def test_a_change_depends_on_seed_epoch_and_index_alone():
    first = pictures()[4, 1][0]
    torch.manual_seed(99)
    torch.rand(7)
    assert torch.equal(pictures()[4, 1][0], first)
    assert not torch.equal(pictures()[5, 1][0], first)
    assert not torch.equal(pictures(seed=1)[4, 1][0], first)


def test_changing_a_picture_leaves_the_random_numbers_of_the_program_alone():
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    _ = pictures()[0, 0]
    assert torch.equal(torch.rand(4), expected)


def test_changing_a_picture_leaves_the_prepared_one_alone():
    before = PREPARED.copy()
    for epoch in range(4):
        _ = pictures()[epoch, 0]
    np.testing.assert_array_equal(PREPARED, before)


def test_flips_and_turns_alone_keep_every_pixel():
    flips = pictures(AugmentationRecipe(flips=True))
    seen = set()
    for epoch in range(60):
        picture = flips[epoch, 0][0]
        seen.add(picture.numpy().tobytes())
        assert torch.equal(picture.flatten(1).sort()[0], flips_sorted())
    assert len(seen) == 8, "four turns, each as it is and mirrored"


def flips_sorted():
    return torch.from_numpy(PREPARED[0]).permute(2, 0, 1).flatten(1).sort()[0]


def test_training_order_holds_each_picture_once_and_changes_from_epoch_to_epoch():
    sampler = EpochSampler(50, seed=0)
    orders = []
    for epoch in (0, 1):
        sampler.set_epoch(epoch)
        keys = list(sampler)
        assert {key[0] for key in keys} == {epoch}
        orders.append([key[1] for key in keys])
        assert sorted(orders[-1]) == list(range(50))
    assert orders[0] != orders[1]
    assert len(sampler) == 50


def test_validation_order_is_the_order_of_the_pictures():
    assert [index for _, index in EpochSampler(5, seed=None)] == list(range(5))


@pytest.mark.parametrize("processes", [2, 3])
@pytest.mark.parametrize("seed", [0, None])
def test_several_processes_share_the_pictures_of_an_epoch(monkeypatch, processes, seed):
    from leuko.training import image_dataset as module

    shares = []
    for rank in range(processes):
        monkeypatch.setattr(module, "_process", lambda rank=rank: (rank, processes))
        sampler = EpochSampler(10, seed)
        shares.append([index for _, index in sampler])
        assert len(shares[-1]) == len(sampler)
    assert {index for share in shares for index in share} == set(range(10))
    if seed is not None:
        assert len({len(share) for share in shares}) == 1
