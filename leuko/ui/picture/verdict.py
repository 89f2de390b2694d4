"""What the Diagnose page says beside a picture: a class, several, a person, or another model."""

import html
from collections import Counter
from collections.abc import Iterable, Sequence

import streamlit as st

from leuko.decision.findings import FindingCode
from leuko.decision.verdict import REFER, Verdict
from leuko.decision.wording import coverage_words, quality_told, sentence_of
from leuko.inspection.kind.classify import KindGuess
from leuko.inspection.quality.reference_ranges import Severity
from leuko.labels import InputKind, class_title
from leuko.models.card import ModelCard
from leuko.models.store import InstalledModel
from leuko.ui.shell.escape import plain
from leuko.ui.state import resources as loaders
from leuko.ui.state.session import session
from leuko.workbench.formatting import probability_text
from leuko.workbench.rows import ReviewRow

ALIKE = (1.5, 1)
"""The same where there is no heatmap."""

LARGE = "font-size:1.35rem;font-weight:600;line-height:1.25"
SMALL = "font-size:.8125rem;line-height:1.35"
BOX = (
    "border:1px solid currentColor;border-left-width:4px;border-radius:4px;"
    "margin-top:.5rem;padding:.35rem .6rem"
)
BATCH_FROM = 2
"""Pictures from which a model is proposed for all of them; a single one has its own button."""


def show_verdict(verdict: Verdict) -> None:
    """The suggestion, and whether a person has to decide and why.

    Args:
        verdict: on the selected picture; its class may be shown.
    """
    large, promise = suggestion_of(verdict)
    shown = (
        '<div style="font-size:.875rem">Model suggests</div>'
        f'<div style="{LARGE}">{html.escape(large)}</div>'
        f'<div style="{SMALL}">{html.escape(promise)}</div>'
    )
    st.html(shown + _referral(verdict) if verdict.deferred else shown)


def _referral(verdict: Verdict) -> str:
    """The box that leaves the picture to a person, with every reason, small enough to be read."""
    reasons = "".join(
        f'<li style="margin:.2rem 0 0">{html.escape(one)}</li>' for one in reasons_in_words(verdict)
    )
    return (
        f'<div style="{BOX}"><div style="font-weight:600">{REFER.capitalize()}</div>'
        f'<ul style="{SMALL};margin:0;padding-left:1rem">{reasons}</ul></div>'
    )


def offer_way_back(row: ReviewRow, verdict: Verdict, model: InstalledModel) -> None:
    """A button that takes "use anyway" back; nothing where it was not asked for."""
    if verdict.used_anyway:
        st.button(
            "Do not use this picture",
            key="leuko_anyway_not",
            on_click=set_anyway,
            args=[model.id, row.item.sha256, False],
            width="stretch",
        )


def show_small_print(verdict: Verdict) -> None:
    """Prediction set, mild findings, what was checked and which gates are missing."""
    st.caption("  \n".join(plain(sentence) for sentence in quiet_sentences(verdict)))


def show_refusal(row: ReviewRow, verdict: Verdict, model: InstalledModel) -> None:
    """Why there is no class, which model reads such a picture, and the way to insist.

    Args:
        row: the selected picture.
        verdict: on it, a refusal.
        model: that was asked.
    """
    st.html(f'<div style="{LARGE}">{html.escape(verdict.sentence)}</div>')
    other = fitting_model(loaders.inventory().offered(), verdict.kind)
    if other is not None:
        st.markdown(f"**{plain(other.card.title)}** reads {other.card.input.kind.plural}.")
        st.button(
            "Switch to this model",
            key="leuko_switch",
            type="primary",
            on_click=_switch,
            args=[other.id],
            width="stretch",
        )
    elif verdict.kind is None:
        st.markdown("No installed model reads such a picture.")
    else:
        st.markdown(f"No installed model reads {verdict.kind.plural}.")
    st.button(
        "Use anyway",
        key="leuko_anyway",
        help="Shows what the model says all the same. The picture stays deferred, and the table, "
        "the CSV and the names of its files say that it was used anyway.",
        on_click=set_anyway,
        args=[model.id, row.item.sha256, True],
        width="stretch",
    )
    for note in row.item.notes:
        st.caption(plain(note))


def propose_model(rows: Sequence[ReviewRow], model: InstalledModel) -> None:
    """One line that offers another model where most pictures of a batch are of its kind."""
    kinds = [row.result.kind_guess for row in rows if row.result is not None]
    kind = most_common_other_kind(kinds, model.card.input.kind)
    if kind is None or len(kinds) < BATCH_FROM:
        return
    other = fitting_model(loaders.inventory().offered(), kind)
    if other is None:
        return
    number = sum(guess is not None and guess.is_sure and guess.kind is kind for guess in kinds)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{number} of {len(kinds)} images look like {kind.plural}; this model reads "
            f"{model.card.input.kind.plural}.",
            width="content",
        )
        st.button(
            f"Switch to {plain(other.card.title)}",
            key="leuko_propose",
            on_click=_switch,
            args=[other.id],
        )


def most_common_other_kind(kinds: Sequence[KindGuess | None], own: InputKind) -> InputKind | None:
    """The kind of more than half of the pictures, where it is surely not the model's own.

    Args:
        kinds: of all pictures that were looked at; None where nobody could say.
        own: that the model reads.
    """
    sure = Counter(guess.kind for guess in kinds if guess is not None and guess.is_sure)
    if not own.is_blood or not sure:
        return None
    kind, number = sure.most_common(1)[0]
    return kind if kind is not own and 2 * number > len(kinds) else None


def fitting_model(
    offered: Iterable[InstalledModel], kind: InputKind | None
) -> InstalledModel | None:
    """The first model on offer that reads a kind; None for no blood picture or without one."""
    if kind is None:
        return None
    return next((model for model in offered if model.card.input.kind is kind), None)


def reasons_in_words(verdict: Verdict) -> list[str]:
    """Why a person has to decide, one sentence each; all severe findings on quality are one."""
    return _but_quality(verdict, "reason") + _quality(verdict, "severe")


def _but_quality(verdict: Verdict, severity: str) -> list[str]:
    found = (one for one in verdict.findings if one.severity == severity)
    return [sentence_of(one) for one in found if one.code is not FindingCode.QUALITY]


def _quality(verdict: Verdict, grade: Severity) -> list[str]:
    """Findings of one grade as one sentence that names it; nothing without any."""
    found = [one for one in verdict.quality if one.grade == grade]
    what = "finding" if len(found) == 1 else "findings"
    told = quality_told(found, within=True)
    return [f"{grade.capitalize()} quality {what}: {told}"] if found else []


def quiet_sentences(verdict: Verdict) -> list[str]:
    """What stands small below a verdict: prediction set, mild findings, checks, missing gates."""
    said = []
    if verdict.prediction_set is not None and len(verdict.prediction_set) == 1:
        title = class_title(verdict.prediction_set[0])
        promise = coverage_words(verdict.coverage, verdict.measured_coverage)
        said.append(f"Prediction set ({promise}): {title}.")
    said += _quality(verdict, "mild")
    said += _but_quality(verdict, "remark")
    passed = [
        name
        for name, good in (
            ("kind of picture", verdict.kind_fits),
            ("quality", verdict.quality_checked and not verdict.quality),
            ("novelty (likeness to the training pictures)", verdict.in_distribution),
        )
        if good
    ]
    if passed:
        said.append(f"Checked and in order: {', '.join(passed)}.")
    return said


def calibration_words(card: ModelCard) -> str:
    """Whether the probabilities of a model were calibrated, and on what."""
    if card.temperature != 1:
        return (
            "Probabilities are calibrated on validation pictures "
            f"(temperature {card.temperature:.2f})."
        )
    if card.gates is not None:
        return "Probabilities were checked on validation pictures, which asked for no correction."
    return "Probabilities are not calibrated."


def suggestion_of(verdict: Verdict) -> tuple[str, str]:
    """What stands large, and what was promised of it; the second may be empty."""
    names = verdict.prediction_set
    if names is None or len(names) == 1:
        return f"{class_title(verdict.label)}, {probability_text(verdict.probability)}", ""
    what, detail = verdict.open_suggestion
    return f"{what[0].upper()}{what[1:]}", detail


def _switch(model_id: str) -> None:
    session().model_id = model_id


def set_anyway(model_id: str, sha256: str, wanted: bool) -> None:
    """Keep in the session whether a model may read a picture of another kind."""
    chosen = session().anyway.setdefault(model_id, set())
    (chosen.add if wanted else chosen.discard)(sha256)
