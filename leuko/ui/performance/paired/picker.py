"""Which models to compare: those that share their test images stand beside each other."""

from collections.abc import Sequence

import streamlit as st

from leuko.labels import SplitPolicy
from leuko.ui.performance.paired.results import load_test_set
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import ModelResults

CHOSEN = "performance_compare_chosen"  # outlives a visit to another page, as widgets do not
MOST_MODELS = 8
LEAST_MODELS = 2


def choose_models(measured: Sequence[ModelResults]) -> list[ModelResults]:
    """Let the user pick, models with the same test images beside each other."""
    sets = sets_of(measured)
    by_id = {each.model.id: each for members in sets for each in members}
    before = st.session_state.get(CHOSEN)
    start = first_pick(sets) if before is None else [one for one in before if one in by_id]
    chosen = st.multiselect(
        "Models to compare",
        list(by_id),
        default=start[:MOST_MODELS],
        format_func=lambda model_id: _option(by_id[model_id]),
        max_selections=MOST_MODELS,
        key="performance_compare",
        help=f"Up to {MOST_MODELS} at once. Models with the same test images stand together.",
    )
    st.session_state[CHOSEN] = chosen
    show_partners(chosen, sets)
    return [by_id[model_id] for model_id in chosen]


def _option(one: ModelResults) -> str:
    images = f"{one.summary.n:,} test images" if one.summary else ""
    return f"{one.model.card.title} ({images})"


def sets_of(measured: Sequence[ModelResults]) -> list[list[ModelResults]]:
    """Models by their test images; the set with most models for use first.

    Of equal sets one that keeps groups apart comes before one that was divided at random.
    """
    found: dict[str, list[ModelResults]] = {}
    for each in measured:
        found.setdefault(load_test_set(each), []).append(each)
    return sorted(
        found.values(),
        key=lambda members: (
            len(members) < LEAST_MODELS,
            -len(_for_use(members)),
            -len(members),
            members[0].model.card.split.policy is SplitPolicy.PAPER,
        ),
    )


def _for_use(members: Sequence[ModelResults]) -> list[ModelResults]:
    return [each for each in members if each.model.card.study_row is None]


def first_pick(sets: Sequence[Sequence[ModelResults]]) -> list[str]:
    """The models for use that share test images; where there are not two, all that share them."""
    members = sets[0]
    if len(members) < LEAST_MODELS:
        return []
    use = _for_use(members)
    return [each.model.id for each in (use if len(use) >= LEAST_MODELS else members)]


def show_partners(chosen: Sequence[str], sets: Sequence[Sequence[ModelResults]]) -> None:
    """Say which other models share the test images of those that are picked."""
    sentences = []
    for members in sets:
        names = {each.model.id: each for each in members}
        picked = [names[one] for one in chosen if one in names]
        if not picked or picked[0].summary is None:
            continue
        others = [each.model.card.title for each in members if each.model.id not in chosen]
        images = f"the {picked[0].summary.n:,} test images of {picked[0].model.card.title}"
        if others:
            more = "model shares" if len(others) == 1 else "models share"
            sentences.append(f"{len(others)} more {more} {images}: {'; '.join(others)}.")
        elif len(picked) == 1:
            sentences.append(f"No other model shares {images}.")
    if len(chosen) >= MOST_MODELS:
        sentences.append(f"At most {MOST_MODELS} models are compared at once.")
    if sentences:
        st.caption(plain(" ".join(sentences)))
