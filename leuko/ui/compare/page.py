"""Parts of the Compare page."""

import logging
from collections.abc import Sequence

import streamlit as st

from leuko.errors import LeukoError
from leuko.labels import InputKind, SplitPolicy
from leuko.models.store import InstalledModel
from leuko.ui.compare.selected import selected_row, show_selected
from leuko.ui.compare.state import CompareState, compare_state
from leuko.ui.compare.tables import offer_downloads, show_pairs, show_table
from leuko.ui.compare.wording import (
    PUT_FIRST,
    different_classes,
    not_accuracy,
    short_names,
    summary,
)
from leuko.ui.picture.unreadable import show_unreadable
from leuko.ui.shell.escape import plain, plain_label
from leuko.ui.state import resources as loaders
from leuko.ui.state.cell_results import cell_remark
from leuko.ui.state.session import session
from leuko.ui.state.thresholds import threshold_in_force
from leuko.ui.widgets.batch import NO_MODEL, loaded, model_gone, show_bar
from leuko.workbench.classification import Pace, advance, pending
from leuko.workbench.comparison import agreement_of, compare_rows
from leuko.workbench.rows import ReviewRow

_LOGGER = logging.getLogger("leuko")
LEAST_MODELS, FIRST_PICK, MOST_MODELS = 2, 3, 8

HOW_TO_START = """
1. Choose the kind of picture and two or more models in the sidebar.
2. Drop images above, or on Diagnose: they stay for both pages, and nothing is computed twice.
3. Review where the models disagree first. Agreement is not accuracy: models can be wrong together.
"""
BROKE = "It could not be run. Send the log of the application to whoever looks after it."


def choose_kind() -> InputKind | None:
    """Let the user say what the pictures are; None when no model is installed.

    The model chosen on Diagnose says it first.
    """
    inventory = loaders.inventory()
    for problem in inventory.problems:
        st.sidebar.warning(plain(problem))
    offered = inventory.offered()
    if not offered:
        st.info(NO_MODEL)
        return None
    kinds = sorted({model.card.input.kind for model in offered}, key=list(InputKind).index)
    state, wanted = compare_state(), session().model_id
    if state.kind is None or state.kind_of != wanted:
        of_diagnose = [m.card.input.kind for m in offered if m.id == wanted]
        state.kind = (of_diagnose or [offered[0].card.input.kind])[0]
        state.kind_of = wanted
    key = f"leuko_compare_kind_{wanted}"
    if st.session_state.get(key) not in kinds:
        st.session_state[key] = state.kind if state.kind in kinds else None
    chosen = st.sidebar.radio(
        "Kind of picture", kinds, index=None, format_func=lambda kind: kind.plural, key=key
    )
    if chosen is None:
        st.warning(
            f"No installed model reads {state.kind.plural} any more. Choose another kind of "
            "picture in the sidebar, or put the model's folder right again. Your images are kept."
        )
        return None
    state.kind = chosen
    return chosen


def choose_models(kind: InputKind) -> list[InstalledModel]:
    """Let the user pick among the models of a kind; says so when there are not enough."""
    able = [m for m in loaders.inventory().offered() if m.card.input.kind is kind]
    state = compare_state()
    gone = [name for name in state.chosen.get(kind, []) if name not in {m.id for m in able}]
    _tell_gone(gone)
    if len(able) < LEAST_MODELS:
        st.info(
            f"Only one model reads {kind.plural}, {plain(able[0].card.title)}, so there is none to "
            "compare it with. Choose another kind of picture, or copy a second model folder into "
            "`weights/`."
        )
        return []
    if kind not in state.chosen:
        state.chosen[kind] = first_pick(able, session().model_id)
    picked = [name for name in state.chosen[kind] if name in {m.id for m in able}]
    st.sidebar.html('<div style="font-size:.875rem">Models</div>')
    ticked = []
    for model in able:
        key = f"leuko_compare_model_{model.id}"
        if key not in st.session_state:
            st.session_state[key] = model.id in picked
        full = len(picked) >= MOST_MODELS and model.id not in picked
        with st.sidebar.container(gap=None):
            if st.checkbox(plain_label(model.card.title), key=key, disabled=full):
                ticked.append(model)
            if remark := cell_remark(model, brief=True):
                st.caption(plain(remark))
    state.titles |= {model.id: model.card.title for model in ticked}
    state.chosen[kind] = [*(model.id for model in ticked), *gone]
    if len(ticked) < LEAST_MODELS:
        st.info("Tick two or more models in the sidebar to compare them.")
    return ticked


def _tell_gone(gone: Sequence[str]) -> None:
    """Say which chosen models can no longer be used, until the user goes on without them."""
    if not gone:
        return
    state = compare_state()
    st.warning(plain(model_gone(*(state.titles.get(name, name) for name in gone))))
    st.button(
        "Compare without it" if len(gone) == 1 else "Compare without them",
        key="leuko_compare_without",
        on_click=state.leave_out,
        args=[tuple(gone)],
    )


def first_pick(able: Sequence[InstalledModel], wanted: str | None) -> list[str]:
    """The model of Diagnose and those made for use; where these are not two, the next ones.

    Args:
        able: models of one kind, in the order in which they are offered.
        wanted: id of the model chosen on Diagnose.
    """

    def rank(model: InstalledModel) -> tuple[bool, bool]:
        return model.id != wanted, not _made_for_use(model)

    ranked = sorted(able, key=rank)
    use = [model for model in ranked if model.id == wanted or _made_for_use(model)]
    picked = {model.id for model in (use if len(use) >= LEAST_MODELS else ranked[:2])[:FIRST_PICK]}
    return [model.id for model in able if model.id in picked]


def _made_for_use(model: InstalledModel) -> bool:
    return model.card.study_row is None and model.card.split.policy is not SplitPolicy.PAPER


def show_how_to_start(chosen: Sequence[InstalledModel]) -> None:
    """Three lines while there are no files, and the first model loads meanwhile."""
    st.markdown(HOW_TO_START)
    if chosen:
        loaders.model_pool().start_soon(chosen[0])


def working(chosen: Sequence[InstalledModel]) -> list[InstalledModel]:
    """The chosen models that are not known to be broken."""
    failed = compare_state().failed
    return [model for model in chosen if model.id not in failed]


def classify_some(chosen: Sequence[InstalledModel]) -> bool:
    """Classify for a moment with the first model that has something to do.

    A model that cannot be run keeps its sentence and the others go on.

    Returns:
        Whether more is to be done, so that the page should run again once it is drawn.
    """
    state, tray = session(), session().tray
    if state.paused:
        return False
    for model in working(chosen):
        if not pending(tray, model.card, state.results):
            continue
        _run(model, compare_state())
        break
    return any(pending(tray, model.card, state.results) for model in working(chosen))


def _run(model: InstalledModel, memory: CompareState) -> None:
    state = session()
    if memory.running != model.id:
        memory.running, memory.pace = model.id, Pace()
    try:
        classifier = loaded(model)
        state.device = str(classifier.device)
        advance(classifier, state.tray, state.results, loaders.limits(), memory.pace)
    except LeukoError as problem:
        memory.failed[model.id] = str(problem)
    except Exception:  # a bug in one model must not hide what the others say
        _LOGGER.exception("model %s could not be run", model.id)
        memory.failed[model.id] = BROKE


def show_progress(chosen: Sequence[InstalledModel]) -> None:
    """How far all models are, and the sentence of each one that cannot be run."""
    state, memory = session(), compare_state()
    models = working(chosen)
    waiting = [len(pending(state.tray, model.card, state.results)) for model in models]
    if sum(waiting):
        total = len(state.tray.items) * len(models)
        now = next(m for m, count in zip(models, waiting, strict=True) if count)
        pace = memory.pace if memory.running == now.id else Pace()
        place = models.index(now) + 1
        what = f"answers · model {place} of {len(models)}, {plain(now.card.title)}"
        show_bar(total - sum(waiting), total, what, pace)
    broken = [model for model in chosen if model.id in memory.failed]
    for model in broken:
        st.error(plain(f"{model.card.title}: {memory.failed[model.id]}"))
    if broken:
        st.button("Try again", on_click=memory.failed.clear, key="leuko_compare_again")


def _names(models: Sequence[InstalledModel]) -> list[str]:
    """Short names that also tell the models from those of their kind that are not picked."""
    kind = models[0].card.input.kind
    cards = [m.card for m in loaders.inventory().offered() if m.card.input.kind is kind]
    short = dict(zip((card.id for card in cards), short_names(cards), strict=True))
    return [short[model.id] for model in models]


def show_results(chosen: Sequence[InstalledModel]) -> None:
    """Agreement, the selected picture, the table with disagreements first, the downloads."""
    models = working(chosen)
    if len(models) < LEAST_MODELS:
        st.info("Fewer than two of the chosen models can be run. Tick another one in the sidebar.")
        return
    state = session()
    cards = [model.card for model in models]
    names = _names(models)
    rows = compare_rows(
        state.tray,
        cards,
        state.results,
        [threshold_in_force(card) for card in cards],
        state.anyway,
    )
    found = agreement_of(rows, cards)
    st.markdown(f"**{summary(rows, found, len(models))}**")
    said = (different_classes(cards, names), PUT_FIRST, not_accuracy(cards))
    st.caption(plain(" ".join(filter(None, said))))
    row = selected_row(rows)
    show_selected(rows, row, models, names)
    show_unreadable([ReviewRow(each.item, None) for each in rows])
    show_table(rows, row, names)
    offer_downloads(rows, row, models, names)
    show_pairs(found, names)
