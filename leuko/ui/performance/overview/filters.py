"""Which models the overview shows: one row of filters, kept over visits to other pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from leuko.imaging.filenames import name_key
from leuko.models.card import ModelCard
from leuko.ui.performance.overview.rows import POLICY_WORDS, reads_words
from leuko.ui.state.results import ModelResults

KEPT = "performance_filter"  # outlives a visit to another page, as widgets do not
ANY = "all"


@dataclass(frozen=True)
class Filter:
    """What a reader wants to see; an empty text or ``ANY`` asks for nothing.

    Attributes:
        text: words that must all stand in a model's title, id, study row, network or
            initialisation.
        data: title of a data set.
        kind: kind of picture in words.
        split: split policy in words.
        with_weights: only models that can run on images.
    """

    text: str = ""
    data: str = ANY
    kind: str = ANY
    split: str = ANY
    with_weights: bool = False

    def keeps(self, results: ModelResults) -> bool:
        """Whether a model is shown."""
        card = results.model.card
        words = name_key(
            " ".join(
                (card.title, card.id, card.study_row or "", card.architecture.name,
                 card.training.initialisation)
            )
        )  # fmt: skip
        return (
            all(word in words for word in name_key(self.text).split())
            and self.data in (ANY, data_of(card))
            and self.kind in (ANY, kind_of(card))
            and self.split in (ANY, split_of(card))
            and (results.model.has_weights or not self.with_weights)
        )


def data_of(card: ModelCard) -> str:
    """The data set of a model in words."""
    return card.dataset.title


def kind_of(card: ModelCard) -> str:
    """The kind of picture of a model in words."""
    return reads_words(card)


def split_of(card: ModelCard) -> str:
    """The split policy of a model in words."""
    return POLICY_WORDS[card.split.policy]


def choose_filter(results: Sequence[ModelResults]) -> Filter:
    """Draw the filters and return what is chosen."""
    before = st.session_state.get(KEPT, Filter())
    text, data, kind, split, weights = st.columns([5, 4, 4, 3, 4], vertical_alignment="bottom")
    with text:
        words = st.text_input(
            "Model", before.text, key="performance_filter_text", placeholder="name, network, row"
        )
    with data:
        one_data = _choose("Data set", results, data_of, before.data)
    with kind:
        one_kind = _choose("Kind of picture", results, kind_of, before.kind)
    with split:
        one_split = _choose("Split", results, split_of, before.split)
    with weights:
        able = st.checkbox(
            "Only models with weights", before.with_weights, key="performance_filter_weights"
        )
    chosen = Filter(words, one_data, one_kind, one_split, able)
    st.session_state[KEPT] = chosen
    return chosen


def _choose(
    label: str,
    results: Sequence[ModelResults],
    value_of: Callable[[ModelCard], str],
    before: str,
) -> str:
    known = [ANY, *sorted({value_of(each.model.card) for each in results})]
    chosen: str = st.selectbox(
        label,
        known,
        index=known.index(before) if before in known else 0,
        key=f"performance_filter_{value_of.__name__}",
    )
    return chosen
