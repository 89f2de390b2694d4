"""Take in a laboratory's labelled pictures, say what does not fit, ask what words mean."""

from collections.abc import Sequence

import streamlit as st

from leuko.evaluation.external.label_files import Assignment
from leuko.evaluation.external.label_vocabulary import Meaning, possible_meanings
from leuko.imaging.intake.uploads import Upload, display_name
from leuko.labels import ClassSet
from leuko.ui.performance.external.refusal_wording import images
from leuko.ui.performance.external.state import OwnImages
from leuko.ui.shell.escape import plain
from leuko.ui.state import resources as loaders
from leuko.ui.state.session import session
from leuko.ui.widgets.batch import show_lost, take_over, take_refused, upload_key
from leuko.workbench.external_upload import Word

NAMES_SHOWN = 200
WORDS_ASKED = 24
LEAVE_OUT = "Leave these images out"

HOW_TO_START = """
1. Drop a ZIP with one folder a class: the folder above a picture is its label. Or drop pictures \
and a table (CSV or Excel) with the columns `file`, `label` and, where known, `group` (patient or \
slide).
2. Say what kind of picture they are and which models to run.
3. Read each model's figures on your pictures beside those on its own test set. Pictures of \
another kind than a model reads are left out of its figures, unless you insist.
"""
NOT_TRAINED_ON = (
    "Use pictures that no model was trained on, so none of the public data sets that the models "
    "come from: a model knows its training pictures by heart, and the figures would be too high. "
    "The application cannot tell, for it does not hold the training pictures."
)
UNGROUPED = (
    "No group is given, so every image counts as independent. Several images of one patient or "
    "slide are alike, and the intervals are then too narrow: add a column `group` to the table."
)


def upload_own(state: OwnImages) -> None:
    """Take files into the session; the widget is emptied and gives its memory back."""
    take_refused(state.tray)
    session().labelled = len(state.tray.items)
    if state.is_empty and session().lost:
        show_lost(session().lost)
    files = st.file_uploader(
        "Drop labelled images here: a ZIP with one folder a class, or images and a table of labels"
        if state.is_empty
        else "Add images or labels",
        accept_multiple_files=True,
        key=upload_key("performance_own_upload"),
    )
    if files:
        with st.spinner("Reading files …"):
            state.take((Upload(f.name, f.getvalue()) for f in files), loaders.limits())
        state.uploads_taken += 1
        take_over(files, state.tray)
        st.rerun()


def show_how_to_start() -> None:
    """Three lines for the first visit."""
    st.markdown(HOW_TO_START)
    st.caption(NOT_TRAINED_ON)


def show_intake(state: OwnImages, assignment: Assignment) -> None:
    """How many pictures there are with which labels, and what was left out and why."""
    pictures, labelled = len(state.paths), len(assignment.labelled)
    source = "a table" if assignment.from_table else "their folders"
    tally, button = st.columns([5, 1], vertical_alignment="center")
    tally.markdown(f"**{images(pictures)} · {labelled} to be used, with labels from {source}**")
    button.button(
        "Forget these images",
        on_click=state.forget,
        key="performance_own_forget",
        width="stretch",
    )
    _show_findings(
        [
            *((plain(problem), []) for problem in state.problems),
            *_unreadable(state),
            *(
                (plain(finding.sentence), [plain(display_name(name)) for name in finding.names])
                for finding in assignment.findings
            ),
        ]
    )
    if labelled and not assignment.grouped:
        st.info(UNGROUPED)
    elif labelled:
        groups = len({each.group or each.number for each in assignment.labelled})
        st.caption(f"The images belong to {groups} groups; intervals are resampled by group.")
    st.caption(NOT_TRAINED_ON)


def _unreadable(state: OwnImages) -> list[tuple[str, list[str]]]:
    bad = [item for item in state.tray.items if item.error is not None]
    if not bad:
        return []
    count = f"{len(bad)} file{'' if len(bad) == 1 else 's'} not readable, left out."
    return [(count, [f"{plain(item.name)}: {plain(item.error or '')}" for item in bad])]


def _show_findings(findings: Sequence[tuple[str, Sequence[str]]]) -> None:
    """All sentences in one place; the files of each beside it when one, a click away when more."""
    if not findings:
        return
    st.warning(
        "\n".join(
            f"- {sentence} {lines[0]}" if len(lines) == 1 else f"- {sentence}"
            for sentence, lines in findings
        )
    )
    many = [(sentence, lines) for sentence, lines in findings if len(lines) > 1]
    if not many:
        return
    with st.expander("Which files these are"):
        for sentence, lines in many:
            shown = list(lines[:NAMES_SHOWN])
            if len(lines) > NAMES_SHOWN:
                shown.append(f"and {len(lines) - NAMES_SHOWN} more")
            st.markdown(f"**{sentence}**\n\n" + "\n".join(f"- {line}" for line in shown))


def show_nothing_labelled(assignment: Assignment) -> None:
    """Say that no picture has a label and what to do."""
    what = (
        "Compare the file names of the table with those of your images."
        if assignment.from_table
        else "Pack them into one folder a class, or add a table with the columns file and label."
    )
    st.error(f"No image has a label, so nothing can be measured. {what}")


def show_words(state: OwnImages, words: Sequence[Word], sets: Sequence[ClassSet]) -> None:
    """What each label is read as, and a question for each that is unknown."""
    known = [word for word in words if word.read_as is not None]
    unknown = [word for word in words if word.read_as is None]
    meanings = possible_meanings(sets)
    if unknown:
        open_words = [word for word in unknown if word.meaning is None and not word.left_out]
        if open_words:
            waiting = sum(word.images for word in open_words)
            st.warning(
                f"{images(waiting)} with a label that no model "
                "knows, left out until you say below what it means."
            )
        _ask(state, unknown[:WORDS_ASKED], meanings)
        if len(unknown) > WORDS_ASKED:
            st.warning(
                f"{len(unknown) - WORDS_ASKED} further labels are unknown. If your folders name "
                "patients rather than classes, add a table with the columns file, label and group."
            )
    if known:
        with st.expander(f"How labels are read: {_reading(known)}"):
            st.caption("If a folder means something else, say so here.")
            _ask(state, known[:WORDS_ASKED], meanings)


def _reading(words: Sequence[Word]) -> str:
    parts = [
        f"{plain(display_name(word.shown, 30))} → "
        f"{word.meaning.text if word.meaning else 'left out'} ({word.images})"
        for word in words[:6]
    ]
    return " · ".join(parts) + (" · …" if len(words) > len(parts) else "")


def _ask(state: OwnImages, words: Sequence[Word], meanings: Sequence[Meaning]) -> None:
    options: list[Meaning | None] = [*meanings, None]  # None leaves the pictures out
    columns = st.columns(3)
    for place, word in enumerate(words):
        current = word.meaning
        offered = options if current in options else [current, *options]
        with columns[place % len(columns)]:
            key = f"performance_own_word_{state.uploads_taken}_{word.key}"
            st.markdown(f"**{plain(display_name(word.shown, 40))}** · {images(word.images)}")
            st.selectbox(
                # No file name in here: a screen reader would spell the escapes of Markdown.
                f"Meaning of label {place + 1}",
                range(len(offered)),
                index=None if current is None and not word.left_out else offered.index(current),
                format_func=lambda i, offered=offered: _option(offered[i]),
                placeholder="What does it mean?",
                label_visibility="collapsed",
                key=key,
                on_change=_choose,
                args=(state, word.key, key, tuple(offered)),
            )


def _option(meaning: Meaning | None) -> str:
    return LEAVE_OUT if meaning is None else meaning.text


def _choose(state: OwnImages, word: str, key: str, offered: Sequence[Meaning | None]) -> None:
    chosen = st.session_state[key]
    if chosen is None:
        state.choices.pop(word, None)
    else:
        state.choices[word] = offered[chosen]
