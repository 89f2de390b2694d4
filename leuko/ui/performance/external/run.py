"""Run models on a laboratory's own pictures, a moment at a time, with Cancel."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from leuko.errors import LeukoError
from leuko.evaluation.external.label_files import Assignment, LabelledFile
from leuko.evaluation.external.label_vocabulary import Meaning, word_key
from leuko.labels import InputKind
from leuko.ui.performance.external.state import OwnImages
from leuko.ui.shell.escape import plain
from leuko.ui.state import resources as loaders
from leuko.ui.state.results import ModelResults
from leuko.ui.widgets.batch import model_gone
from leuko.workbench.classification import Pace, advance, pending
from leuko.workbench.external_upload import Word
from leuko.workbench.uploads import Tray, TrayItem

KINDS = tuple(kind for kind in InputKind if kind.is_blood)
KIND_KEY = "performance_own_kind"


@dataclass(frozen=True)
class Asked:
    """A picture that is to be classified.

    Attributes:
        labelled: with its label.
        meaning: of the label.
        item: with its bytes.
    """

    labelled: LabelledFile
    meaning: Meaning
    item: TrayItem


def asked_pictures(state: OwnImages, assignment: Assignment, words: Sequence[Word]) -> list[Asked]:
    """Pictures whose label has a meaning, in an order that has nothing to do with their class.

    A run that is cancelled has then seen a random part of every class.
    """
    meanings = {word.key: word.meaning for word in words}
    asked = []
    for labelled in assignment.labelled:
        meaning = meanings[word_key(labelled.word)]
        if meaning is not None:
            asked.append(Asked(labelled, meaning, state.item_of(labelled)))
    return sorted(asked, key=lambda each: each.item.sha256)


def can_run(results: Sequence[ModelResults]) -> list[ModelResults]:
    """Models with weights that read blood."""
    return [r for r in results if r.model.has_weights and r.model.card.input.kind.is_blood]


def choose_models(state: OwnImages, able: Sequence[ModelResults]) -> list[ModelResults]:
    """Let the user say what the pictures are, and pick models that read this kind."""
    kinds = [kind for kind in KINDS if any(r.model.card.input.kind is kind for r in able)]
    left, right = st.columns([1, 2])
    if st.session_state.get(KIND_KEY) not in kinds:
        st.session_state[KIND_KEY] = state.kind if state.kind in kinds else kinds[0]
    kind = left.radio(
        "Your pictures are",
        kinds,
        format_func=lambda each: each.plural,
        key=KIND_KEY,
        disabled=state.running,
    )
    if kind != state.kind:
        state.kind, state.chosen = kind, None
    fitting = {r.model.id: r for r in able if r.model.card.input.kind is kind}
    before = [each for each in state.chosen or [] if each in fitting]
    state.gone |= {each for each in state.chosen or [] if each not in {r.model.id for r in able}}
    chosen = right.multiselect(
        "Models to run",
        list(fitting),
        default=before if state.chosen is not None else list(fitting)[:1],
        format_func=lambda model_id: fitting[model_id].model.card.title,
        key=f"performance_own_models_{kind}",
        disabled=state.running,
    )
    state.chosen = list(chosen)
    state.gone -= {r.model.id for r in able}
    if state.gone:
        st.warning(plain(model_gone(*sorted(state.gone))))
    others = [r for r in able if r.model.id not in fitting]
    if others:
        right.caption("Not offered, for they read other pictures: " + _by_kind(others) + ".")
    return [fitting[model_id] for model_id in chosen]


def turn_to(state: OwnImages, kind: InputKind) -> None:
    """Offer models for another kind, and pick the first of them; for a button's callback."""
    st.session_state[KIND_KEY] = kind
    state.kind, state.chosen = kind, None
    state.stopped = False


def _by_kind(others: Sequence[ModelResults]) -> str:
    parts = []
    for kind in KINDS:
        titles = [plain(r.model.card.title) for r in others if r.model.card.input.kind is kind]
        if titles:
            parts.append(f"{kind.plural}: {', '.join(titles)}")
    return "; ".join(parts)


def show_run(state: OwnImages, chosen: Sequence[ModelResults], asked: Sequence[Asked]) -> None:
    """The button that starts, or how far the run is with Cancel; runs a moment and comes back.

    While it runs this call ends the script and starts it anew.
    """
    tray = Tray([each.item for each in asked])
    waiting = {r.model.id: len(pending(tray, r.model.card, state.results)) for r in chosen}
    left = sum(count for name, count in waiting.items() if name not in state.failed)
    if state.running and not left:
        state.running = False
        st.rerun()
    if state.running:
        _show_progress(state, len(chosen) * len(asked), left)
        _run_for_a_moment(state, [r for r in chosen if waiting[r.model.id]], tray)
        st.rerun()
    for result in chosen:
        if result.model.id in state.failed:
            st.error(plain(f"{result.model.card.title}: {state.failed[result.model.id]}"))
    if not chosen:
        st.info("No model is picked. Pick one above to run it.")
    elif left or any(result.model.id in state.failed for result in chosen):
        _offer_start(state, chosen, waiting)


def _offer_start(state: OwnImages, chosen: Sequence[ModelResults], waiting: dict[str, int]) -> None:
    left = sum(waiting.values())
    models = f"{len(chosen)} model{'' if len(chosen) == 1 else 's'}"
    images = max(waiting.values(), default=0)
    if state.stopped:
        done = ", ".join(
            f"{plain(r.model.card.title)}: {waiting[r.model.id]} not done"
            for r in chosen
            if waiting[r.model.id]
        )
        st.info(f"Stopped ({done}). The figures below are of the images done so far.")
    st.button(
        "Continue" if state.stopped else f"Run {models} on {images} images",
        key="performance_own_run",
        type="primary",
        disabled=not left,
        on_click=_start,
        args=[state],
    )


def _show_progress(state: OwnImages, total: int, left: int) -> None:
    bar, button = st.columns([5, 1], vertical_alignment="center")
    rate = state.pace.per_second
    text = f"{total - left} of {total} images"
    if rate:
        text += f" · {rate:.0f} images/s · {left / rate:.0f} s left"
    bar.progress((total - left) / total if total else 0.0, text=text)
    button.button(
        "Cancel", key="performance_own_cancel", on_click=_stop, args=[state], width="stretch"
    )


def _run_for_a_moment(state: OwnImages, waiting: Sequence[ModelResults], tray: Tray) -> None:
    """One slice of the first model that has something to do; its failure never stops the others."""
    result = next(r for r in waiting if r.model.id not in state.failed)
    try:
        if not loaders.model_pool().start(result.model).done():
            with st.spinner(f"Loading {plain(result.model.card.title)} …"):
                loaders.model_pool().get(result.model)
        classifier = loaders.model_pool().get(result.model)
    except LeukoError as problem:
        state.failed[result.model.id] = str(problem)
        return
    try:
        advance(classifier, tray, state.results, loaders.limits(), state.pace)
    except LeukoError as problem:
        state.failed[result.model.id] = str(problem)
    except Exception:
        state.running = False  # or the page would fail again at every visit
        raise


def _start(state: OwnImages) -> None:
    state.running, state.stopped = True, False
    state.failed.clear()
    state.pace = Pace()


def _stop(state: OwnImages) -> None:
    state.running, state.stopped = False, True
