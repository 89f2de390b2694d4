"""Comparisons of models, computed once for each content of their tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import streamlit as st

from leuko.evaluation.comparison.contender import Contender, contender, why_not_paired
from leuko.evaluation.comparison.pair import Pair, adjusted, compare_pair
from leuko.evaluation.comparison.resampling import Resampled, resample
from leuko.evaluation.predictions import Predictions
from leuko.labels import ClassSet
from leuko.ui.state.results import KEPT_RESULTS, ModelResults, load_predictions

KEPT_PAIRS = 512
KEPT_CONTENDERS = 64

Key = tuple[str, ClassSet, float, str]  # everything a comparison depends on


@dataclass(frozen=True, eq=False)
class Entrant:
    """A picked model.

    Attributes:
        letter: its short name in this comparison.
        results: the model and its figures.
        contender: its answers in the order of image ids.
    """

    letter: str
    results: ModelResults
    contender: Contender

    @property
    def title(self) -> str:
        """Name of the model."""
        return self.results.model.card.title


@dataclass(frozen=True, eq=False)
class Match:
    """A pair of picked models on the same images.

    Attributes:
        first, second: the models.
        pair: all that is known of the two.
        adjusted: p values after Holm's correction over the pairs on these images.
    """

    first: Entrant
    second: Entrant
    pair: Pair
    adjusted: dict[str, float | None]

    @property
    def name(self) -> str:
        """Short, in the direction of the differences."""
        return f"{self.first.letter} − {self.second.letter}"


@dataclass(frozen=True, eq=False)
class PairedSection:
    """Picked models that were tested on the same images.

    Attributes:
        entrants: the models.
        matches: their pairs, compared.
        refused: pairs that cannot be compared, each with the reason.
    """

    entrants: tuple[Entrant, ...]
    matches: tuple[Match, ...]
    refused: tuple[tuple[Entrant, Entrant, str], ...]


def load_test_set(results: ModelResults) -> str:
    """Hash of a model's test images; equal for models that can be compared."""
    return _test_set(_key(results), load_predictions(results))


def load_entrants(results: Sequence[ModelResults]) -> list[Entrant]:
    """The picked models, named A, B, C in their order.

    Raises:
        PredictionsError: when a table of predictions is missing or broken.
    """
    return [
        Entrant(chr(ord("A") + place), one, _contender(_key(one), load_predictions(one)))
        for place, one in enumerate(results)
    ]


def by_images(entrants: Sequence[Entrant]) -> list[tuple[Entrant, ...]]:
    """Entrants that share all their test images, in the order of the first of each."""
    found: dict[str, list[Entrant]] = {}
    for one in entrants:
        found.setdefault(load_test_set(one.results), []).append(one)
    return [tuple(members) for members in found.values()]


def load_section(entrants: Sequence[Entrant]) -> PairedSection:
    """Compare every pair of models on the same images."""
    pairs, refused = [], []
    for first, second in combinations(entrants, 2):
        reason = why_not_paired(first.contender, second.contender)
        if reason:
            refused.append((first, second, reason))
        else:
            pairs.append((first, second, _load_pair(first, second)))
    corrected = adjusted([pair for _, _, pair in pairs])
    matches = [Match(*each, after) for each, after in zip(pairs, corrected, strict=True)]
    return PairedSection(tuple(entrants), tuple(matches), tuple(refused))


def _load_pair(first: Entrant, second: Entrant) -> Pair:
    return _pair(
        (_key(first.results), _key(second.results)),
        (first.contender, second.contender),
    )


def _key(results: ModelResults) -> Key:
    card = results.model.card
    return (
        results.predictions_sha256,
        card.class_set,
        card.decision_threshold,
        card.dataset.id,
    )


@st.cache_resource(max_entries=KEPT_CONTENDERS, show_spinner=False)
def _contender(key: Key, _predictions: Predictions) -> Contender:
    return contender(_predictions, threshold=key[2], dataset=key[3])


@st.cache_data(max_entries=KEPT_RESULTS, show_spinner=False)
def _test_set(key: Key, _predictions: Predictions) -> str:
    return contender(_predictions, threshold=key[2], dataset=key[3]).test_set


@st.cache_resource(max_entries=KEPT_CONTENDERS, show_spinner="Resampling groups …")
def _resampled(key: Key, _contender: Contender) -> Resampled:
    del key  # part of the cache key only
    return resample(_contender)


@st.cache_resource(max_entries=KEPT_PAIRS, show_spinner=False)
def _pair(keys: tuple[Key, Key], _contenders: tuple[Contender, Contender]) -> Pair:
    first, second = _contenders
    return compare_pair(first, second, (_resampled(keys[0], first), _resampled(keys[1], second)))
