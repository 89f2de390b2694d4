"""What tables, counts and machines are told of a verdict."""

from dataclasses import replace

import pytest

from leuko.decision.findings import Finding, FindingCode
from leuko.decision.record import verdict_record
from leuko.decision.verdict import give_verdict
from leuko.decision.wording import COMPARED, NOVEL, either_short, quality_told, sentence_of
from leuko.inspection.kind.classify import KindGuess
from leuko.inspection.quality.reference_ranges import JUDGED
from leuko.labels import InputKind
from leuko.models.card import read_card
from tests.made_gates import CROP, level, with_gates
from tests.made_models import make_model_folder
from tests.made_session import make_card, make_result

CLASSES = ("Benign", "Early", "Pre", "Pro")
FIELD = KindGuess(InputKind.FIELD, 0.99)
END = "than 99 % of the pictures the model was trained on."
HEAD = "This picture is "


@pytest.fixture
def plain(tmp_path):
    """A model of fields and four classes without gates."""
    return read_card(make_model_folder(tmp_path, "four", weights=True))


@pytest.fixture
def gated(plain):
    """With gates: sets hold classes of 0.2 or more."""
    return with_gates(plain, levels=[level(0.9, 0.2, by_class={})])


@pytest.fixture
def verdict_on(tmp_path):
    """Asks for a verdict on probabilities of the four classes."""
    two = make_card(tmp_path / "two")

    def asked(card, *values, threshold=0.5, kind=FIELD, novelty=1.0, anyway=False):
        shares = dict(zip(CLASSES, values, strict=True))
        answer = replace(
            make_result(two, 0.9),
            probabilities=shares,
            malignant_probability=sum(values[1:]),
            novelty=novelty,
        ).at(card.class_set, threshold)
        return give_verdict(card, answer, kind, None, anyway=anyway)

    return asked


@pytest.mark.parametrize(
    ("values", "short", "malignant", "deferred"),
    [
        ((0.02, 0.95, 0.02, 0.01), "Early pre-B ALL", True, False),
        ((0.95, 0.02, 0.02, 0.01), "Benign (hematogones)", False, False),
        ((0.02, 0.43, 0.54, 0.01), "Pre-B or Early pre-B ALL", True, True),
        ((0.05, 0.30, 0.35, 0.30), "Pre-B, Early pre-B or Pro-B ALL", True, True),
        ((0.30, 0.01, 0.68, 0.01), "Pre-B ALL or Benign", False, True),
        ((0.60, 0.01, 0.38, 0.01), "Benign or Pre-B ALL", False, True),
        ((0.25, 0.27, 0.26, 0.22), "any of 4 classes", False, True),
    ],
)
def test_a_set_of_malignant_classes_alone_suggests_malignant_and_a_mixed_one_does_not(
    gated, verdict_on, values, short, malignant, deferred
):
    verdict = verdict_on(gated, *values)
    assert (verdict.short, verdict.suggests_malignant) == (short, malignant)
    assert verdict.deferred == deferred
    assert verdict.is_one_class == (not deferred)


def test_no_certain_class_suggests_nothing_however_probable_malignancy_is(plain, verdict_on):
    card = with_gates(plain, levels=[level(0.9, 0.99, by_class={})])
    verdict = verdict_on(card, 0.02, 0.03, 0.94, 0.01)
    assert (verdict.short, verdict.suggests_malignant) == ("no certain class", False)
    assert verdict.named == ()


def test_a_threshold_that_is_not_reached_takes_malignancy_from_a_set(gated, verdict_on):
    values = (0.05, 0.40, 0.54, 0.01)
    assert verdict_on(gated, *values).suggests_malignant
    above = verdict_on(gated, *values, threshold=0.99)
    assert above.short == "Pre-B or Early pre-B ALL"
    assert not above.suggests_malignant


def test_a_low_threshold_suggests_malignant_in_words_and_count_alike(gated, verdict_on):
    verdict = verdict_on(gated, 0.85, 0.05, 0.05, 0.05, threshold=0.1)
    assert verdict.prediction_set == ("Benign",)
    assert verdict.short == "Early pre-B ALL"
    assert verdict.suggests_malignant
    assert verdict.deferred


def test_a_novel_picture_is_deferred_and_its_malignant_suggestion_counts_all_the_same(
    gated, verdict_on
):
    verdict = verdict_on(gated, 0.02, 0.02, 0.95, 0.01, novelty=9.0)
    assert verdict.deferred
    assert (verdict.short, verdict.suggests_malignant) == ("Pre-B ALL", True)


def test_a_refused_picture_suggests_nothing_until_somebody_insists(gated, verdict_on):
    values = (0.02, 0.02, 0.95, 0.01)
    refused = verdict_on(gated, *values, kind=CROP)
    assert (refused.short, refused.suggests_malignant) == ("other kind of picture", False)
    anyway = verdict_on(gated, *values, kind=CROP, anyway=True)
    assert (anyway.short, anyway.suggests_malignant) == ("Pre-B ALL", True)


def test_without_gates_the_verdict_is_the_class_at_the_threshold(plain, verdict_on):
    values = (0.25, 0.27, 0.26, 0.22)
    assert verdict_on(plain, *values).short == "Early pre-B ALL"
    assert verdict_on(plain, *values).suggests_malignant
    assert verdict_on(plain, *values, threshold=0.9).short == "Benign (hematogones)"
    assert not verdict_on(plain, *values, threshold=0.9).suggests_malignant


def test_most_probable_is_the_highest_probability_and_not_the_side_that_the_threshold_chose(
    gated, verdict_on
):
    verdict = verdict_on(gated, 0.40, 0.21, 0.20, 0.19)
    assert (verdict.label, verdict.most_probable) == ("Early", "Benign")
    opened = verdict_on(gated, 0.40, 0.20, 0.20, 0.20)
    assert opened.label == "Early"
    assert "any of its 4 classes (90 % coverage; most probable is Benign (hematogones), 0.40)" in (
        opened.sentence
    )


def test_that_it_is_read_anyway_comes_before_every_other_reason(gated, verdict_on):
    values = (0.02, 0.43, 0.54, 0.01)
    misfit = "his looks like a single-cell crop; this model reads whole fields."
    refused = verdict_on(gated, *values, kind=CROP, novelty=9.0)
    assert refused.reasons[0] == refused.sentence == f"T{misfit}"
    anyway = verdict_on(gated, *values, kind=CROP, novelty=9.0, anyway=True)
    assert anyway.reasons == (
        f"Read anyway: t{misfit}",
        "2 classes are possible at 90 % coverage.",
        NOVEL,
    )
    assert anyway.sentence == (
        "Model suggests: Pre-B ALL or Early pre-B ALL (90 % coverage); refer to a haematologist. "
        f"Read anyway: t{misfit} {NOVEL}"
    )


def test_the_record_tells_the_verdict_beside_the_most_probable_class(gated, verdict_on):
    record = verdict_record(verdict_on(gated, 0.30, 0.01, 0.68, 0.01))
    assert record["suggestion"] == "Pre-B ALL or Benign"
    assert (record["suggests_malignant"], record["most_probable"]) == (False, "Pre")
    refused = verdict_record(verdict_on(gated, 0.30, 0.01, 0.68, 0.01, kind=CROP))
    assert refused["suggestion"] == "other kind of picture"
    assert refused["suggests_malignant"] is refused["most_probable"] is None


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        (["Normal cell (HEM)"], "Normal cell (HEM)"),
        (["ALL blast", "Normal cell (HEM)"], "ALL blast or Normal cell"),
        (["ALL", "Pre-B ALL"], "ALL or Pre-B ALL"),
    ],
)
def test_what_titles_end_in_is_said_once(titles, said):
    assert either_short(titles) == said


def on_quality(measure, side="low", severity="remark"):
    return Finding(code=FindingCode.QUALITY, severity=severity, measure=measure, side=side)


DARKER, BLURRIER = on_quality("brightness"), on_quality("detail")
NOISIER, SMALLER = on_quality("noise", "high"), on_quality("short_side_px")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([on_quality("brightness", severity="reason")], f"{HEAD}far darker {END}"),
        ([DARKER, NOISIER, SMALLER], f"{HEAD}darker, noisier and smaller {END}"),
        ([BLURRIER, DARKER], f"{HEAD}blurrier, with less fine detail; and darker {END}"),
        ([DARKER, BLURRIER], f"{HEAD}darker and blurrier, with less fine detail, {END}"),
    ],
)
def test_findings_of_one_kind_are_told_in_one_sentence(found, said):
    assert quality_told(found) == said
    assert quality_told(found, within=True) == f"t{said[1:]}"


def test_that_a_picture_is_blank_is_a_sentence_of_its_own():
    blank = f"{HEAD}blank or nearly blank: there is nothing to classify."
    found = [on_quality("contrast", "blank", "reason"), SMALLER]
    assert quality_told(found) == f"{blank} {HEAD}smaller {END}"
    assert quality_told([]) == ""


def test_every_side_that_is_judged_has_its_words():
    judged = {
        (name, side)
        for name, one in JUDGED.items()
        for side in ("low", "high")
        if getattr(one, side)
    }
    assert set(COMPARED) == judged
    for measure, side in judged:
        sentence = sentence_of(on_quality(measure, side))
        assert sentence.startswith(HEAD)
        assert sentence.endswith(END)
