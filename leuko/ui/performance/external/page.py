"""How the models do on the pictures of this laboratory."""

from collections.abc import Sequence

import streamlit as st

from leuko.labels import ClassSet
from leuko.ui.performance.external.intake import (
    show_how_to_start,
    show_intake,
    show_nothing_labelled,
    show_words,
    upload_own,
)
from leuko.ui.performance.external.results import show_own_results
from leuko.ui.performance.external.run import asked_pictures, can_run, choose_models, show_run
from leuko.ui.performance.external.state import own_images
from leuko.ui.state.results import ModelResults


def show(results: Sequence[ModelResults]) -> None:
    """Check models on the user's own labelled pictures."""
    st.subheader("Check on my own images")
    st.caption(
        "The same figures for pictures of this laboratory, and the drop against the model's own "
        "test set. Pictures, labels and results belong to this session; nothing is shared, and "
        "nothing is kept afterwards unless you download it."
    )
    able = can_run(results)
    if not able:
        st.info(
            "No model with weights is installed, so none can be run on your images. Add "
            "model.safetensors to a model folder, or train a model."
        )
        return
    state = own_images()
    upload_own(state)
    if state.is_empty:
        show_how_to_start()
        return
    assignment = state.assignment()
    show_intake(state, assignment)
    if not assignment.labelled:
        show_nothing_labelled(assignment)
        return
    chosen = choose_models(state, able)
    words = state.words(assignment.labelled, _class_sets(chosen or able))
    show_words(state, words, _class_sets(chosen or able))
    asked = asked_pictures(state, assignment, words)
    if not asked:
        state.running = False
        st.info("No image has a label with a known meaning. Say above what the labels mean.")
        return
    show_run(state, chosen, asked)
    show_own_results(state, able, chosen, asked)


def _class_sets(results: Sequence[ModelResults]) -> list[ClassSet]:
    return list(dict.fromkeys(each.model.card.class_set for each in results))
