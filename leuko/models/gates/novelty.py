"""How unlike a model's training pictures a picture is, as its network sees it.

A Gaussian for each class around the means of the feature maps that the heatmaps are made of, with
one covariance for all: the distance to the nearest class is the novelty. The covariance keeps
its largest directions and has one spread for all others, so that a file of some hundred kilobytes
holds it. No torch: a page may import this.

Source: Lee et al. (2018), A simple unified framework for detecting out-of-distribution samples and
adversarial attacks, NeurIPS; the covariance: Tipping and Bishop (1999), Probabilistic principal
component analysis, J. R. Stat. Soc. B 61:611-622.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from leuko.errors import GatesError
from leuko.models.bounded_read import read_bounded
from leuko.models.card import ModelCard
from leuko.models.gates.thresholds import NOVELTY_FILE

Floats = NDArray[np.float32]
MAX_BYTES = 20_000_000


@dataclass(frozen=True, eq=False)
class NoveltyReference:
    """Where training pictures lie in the space of pooled features.

    Attributes:
        means: float32 (K, C), mean of each class.
        directions: float32 (d, C), orthonormal rows, those in which pictures of one class differ
            most.
        spreads: float32 (d,), standard deviation along each, above 0.
        rest: standard deviation along any other direction, above 0.
    """

    means: Floats
    directions: Floats
    spreads: Floats
    rest: float

    def __post_init__(self) -> None:
        classes, features = self.means.shape
        along = self.directions.shape
        if along != (len(self.spreads), features) or not classes:
            raise ValueError(f"means {self.means.shape} and directions {along} do not fit")
        everything = (self.means, self.directions, self.spreads, np.array(self.rest))
        if not all(np.isfinite(part).all() for part in everything):
            raise ValueError("a value is no number")
        if not (self.rest > 0 and (self.spreads > 0).all()):
            raise ValueError("a spread is not above 0")

    def of(self, pooled: Floats) -> NDArray[np.float64]:
        """Novelty of pictures, (N,), above 0; about 1 for pictures like the training ones.

        Args:
            pooled: (N, C), means of their feature maps.

        Raises:
            ValueError: when C is another number of maps.
        """
        features = self.means.shape[1]
        if pooled.ndim != 2 or pooled.shape[1] != features:  # noqa: PLR2004  (N, C)
            raise ValueError(f"{features} feature maps expected, found {pooled.shape}")
        away = pooled[:, None, :].astype(np.float64) - self.means  # (N, K, C)
        along = away @ self.directions.T.astype(np.float64)  # (N, K, d)
        others = np.maximum((away**2).sum(axis=2) - (along**2).sum(axis=2), 0)
        squared = ((along / self.spreads) ** 2).sum(axis=2) + others / self.rest**2  # (N, K)
        return np.asarray(np.sqrt(squared.min(axis=1) / features), dtype=np.float64)


def encode_novelty(novelty: NoveltyReference) -> bytes:
    """What ``strangeness.safetensors`` holds."""
    from safetensors.numpy import save

    return save(
        {
            "means": np.ascontiguousarray(novelty.means, np.float32),
            "directions": np.ascontiguousarray(novelty.directions, np.float16),
            "spreads": np.ascontiguousarray(novelty.spreads, np.float32),
            "rest": np.array([novelty.rest], np.float32),
        }
    )


def as_stored(novelty: NoveltyReference) -> NoveltyReference:
    """The values that the file will hold, so that thresholds belong to what is read back."""
    return NoveltyReference(
        means=novelty.means.astype(np.float32),
        directions=novelty.directions.astype(np.float16).astype(np.float32),
        spreads=novelty.spreads.astype(np.float32),
        rest=float(np.float32(novelty.rest)),
    )


def load_novelty(card: ModelCard, folder: Path) -> NoveltyReference | None:
    """The file that the gates of a card name, verified before it is parsed.

    Returns:
        None for a card without that gate, or a folder without the file: such a model works, and
        its verdicts say that novelty was not measured.

    Raises:
        GatesError: when the file was altered or is not in order.
    """
    gate = card.gates.novelty if card.gates is not None else None
    path = folder / NOVELTY_FILE
    if gate is None or not path.exists():
        return None
    remedy = "copy the model folder again, or run 'python -m leuko calibrate'."
    try:
        content = read_bounded(path, MAX_BYTES)
    except OSError as problem:
        raise GatesError(
            f"{NOVELTY_FILE} of '{card.id}' cannot be read ({problem.strerror}): {remedy}"
        ) from problem
    if hashlib.sha256(content).hexdigest() != gate.sha256:
        raise GatesError(f"{NOVELTY_FILE} of model '{card.id}' was altered: {remedy}")
    return _parse(content, card, remedy)


def _parse(content: bytes, card: ModelCard, remedy: str) -> NoveltyReference:
    try:
        return decode_novelty(content)
    except ValueError as problem:
        raise GatesError(
            f"{NOVELTY_FILE} of model '{card.id}' is not in order ({problem}): {remedy}"
        ) from problem


def decode_novelty(content: bytes) -> NoveltyReference:
    """What :func:`encode_novelty` made, from bytes whose hash is right.

    Raises:
        ValueError: when they are no such file.
    """
    from safetensors.numpy import load

    try:
        tensors = load(content)
        return NoveltyReference(
            means=tensors["means"].astype(np.float32),
            directions=tensors["directions"].astype(np.float32),
            spreads=tensors["spreads"].astype(np.float32),
            rest=float(tensors["rest"][0]),
        )
    except (SafetensorError, KeyError, IndexError, ValueError) as problem:
        raise ValueError(str(problem)) from problem
