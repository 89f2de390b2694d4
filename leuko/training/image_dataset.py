"""Training pictures in memory: decoded and prepared once, augmented anew every epoch."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset as TorchDataset
from torch.utils.data import Sampler
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as transform

from leuko.data.dataset import Sample
from leuko.imaging.preprocessing.prepare import Preparation, border_colour
from leuko.imaging.preprocessing.steps import Step, SubtractMeanImage
from leuko.inference.samples import prepared_samples
from leuko.training.recipe import AugmentationRecipe

Shelf = dict[str, NDArray[np.uint8]]
"""Prepared pictures by ``image_id``, for trainings that share a data set and a preparation."""


def prepare_all(
    samples: Sequence[Sample], preparation: Preparation, shelf: Shelf | None = None
) -> NDArray[np.uint8]:
    """Decode and prepare pictures exactly as the application does.

    Args:
        samples: at least one.
        preparation: of all of them.
        shelf: what lies there is not prepared again, and what is prepared is laid there.

    Returns:
        uint8 (N, side, side, 3), RGB.
    """
    shelf = {} if shelf is None else shelf
    absent = [sample for sample in samples if sample.image_id not in shelf]
    for sample, prepared in zip(absent, prepared_samples(absent, preparation), strict=True):
        shelf[sample.image_id] = prepared.pixels
    return np.stack([shelf[sample.image_id] for sample in samples])


def measure_preparation(steps: tuple[Step, ...], train: Sequence[Sample]) -> Preparation:
    """The preparation of a run; a mean image is that of its training pictures and no others."""
    before = tuple(step for step in steps if not isinstance(step, SubtractMeanImage))
    if before == steps:
        return Preparation(steps)
    mean = prepare_all(train, Preparation(before)).mean(axis=0)
    return Preparation(steps, np.rint(mean).astype(np.uint8))


class Pictures(TorchDataset[tuple[Tensor, int]]):
    """Prepared pictures with the index of their label, augmented when an augmentation is given.

    What happens to a picture depends on (seed, epoch, place) alone, so that a resumed run sees
    what an uninterrupted one sees. A picture that oversampling shows twice is augmented twice.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        prepared: NDArray[np.uint8],
        labels: Sequence[str],
        augmentation: AugmentationRecipe | None = None,
        seed: int = 0,
        *,
        oversample: bool = False,
    ) -> None:
        self.prepared = prepared
        self.targets = [labels.index(sample.label) for sample in samples]
        self.shown = oversampled(self.targets) if oversample else list(range(len(self.targets)))
        self.augmentation = augmentation
        self.seed = seed
        self._jitter = _colour_jitter(augmentation) if augmentation else None

    def __len__(self) -> int:
        """Number of pictures shown in an epoch."""
        return len(self.shown)

    def __getitem__(self, key: tuple[int, int]) -> tuple[Tensor, int]:
        """Picture uint8 (3, side, side) and index of its label, for (epoch, place in the epoch)."""
        epoch, place = key
        index = self.shown[place]
        pixels = self.prepared[index]
        picture = torch.from_numpy(pixels).permute(2, 0, 1)  # (3, side, side)
        if self.augmentation is not None:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(hash((self.seed, epoch, place)) % 2**63)
                picture = self._augment(picture, pixels)
        return picture, self.targets[index]

    def _augment(self, picture: Tensor, pixels: NDArray[np.uint8]) -> Tensor:
        recipe = self.augmentation
        assert recipe is not None  # noqa: S101
        if recipe.flips:
            picture = torch.rot90(picture, int(torch.randint(4, ())), (1, 2))
            if torch.rand(()) < 0.5:  # noqa: PLR2004
                picture = picture.flip(2)
        low, high = recipe.scale
        if recipe.rotation_degrees or (low, high) != (1.0, 1.0):
            picture = transform.affine(
                picture,
                angle=float((torch.rand(()) * 2 - 1) * recipe.rotation_degrees),
                translate=[0, 0],
                scale=float(low + torch.rand(()) * (high - low)),
                shear=[0.0, 0.0],
                interpolation=v2.InterpolationMode.BILINEAR,
                fill=[float(value) for value in border_colour(pixels)],
            )
        if self._jitter is not None:
            picture = self._jitter(picture)
        return picture


def oversampled(targets: Sequence[int]) -> list[int]:
    """Indices in which every class stands as often as the most frequent one.

    Args:
        targets: class index of each picture.

    Returns:
        All pictures, then those of rarer classes again, each as often as its neighbours or once
        more.
    """
    by_class: dict[int, list[int]] = {}
    for index, target in enumerate(targets):
        by_class.setdefault(target, []).append(index)
    most = max(len(members) for members in by_class.values())
    shown = list(range(len(targets)))
    for _, members in sorted(by_class.items()):
        shown += [members[k % len(members)] for k in range(most - len(members))]
    return shown


class EpochSampler(Sampler[tuple[int, int]]):
    """Hands out (epoch, index) once an epoch, shuffled by (seed, epoch) or in order.

    Where several processes train together each gets its share; a shuffled order is filled up from
    its own beginning so that all shares are equally long.

    Args:
        length: number of pictures.
        seed: seed of the order; None keeps the pictures in order.
    """

    def __init__(self, length: int, seed: int | None) -> None:
        self.length = length
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Number of pictures of this process."""
        rank, processes = _process()
        if self.seed is not None:
            return math.ceil(self.length / processes)
        return len(range(rank, self.length, processes))

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Keys of one epoch."""
        order = torch.arange(self.length)
        if self.seed is not None:
            generator = torch.Generator().manual_seed(hash((self.seed, self.epoch)) % 2**63)
            order = torch.randperm(self.length, generator=generator)
        rank, processes = _process()
        if self.seed is not None:
            order = torch.cat([order, order[: -self.length % processes]])
        for index in order[rank::processes].tolist():
            yield self.epoch, index


def _process() -> tuple[int, int]:
    """(rank, number of processes) of a training on several devices, else (0, 1)."""
    distributed = torch.distributed
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1


def _colour_jitter(recipe: AugmentationRecipe) -> v2.ColorJitter | None:
    if not (recipe.brightness or recipe.contrast or recipe.saturation or recipe.hue):
        return None
    return v2.ColorJitter(
        brightness=recipe.brightness,
        contrast=recipe.contrast,
        saturation=recipe.saturation,
        hue=recipe.hue,
    )
