from dataclasses import replace

import numpy as np
import pytest

from leuko.decision.record import verdict_record
from leuko.decision.verdict import (
    coverage_words,
    give_verdict,
    verdict_of,
)
from leuko.decision.wording import NO_GATES, NOVEL, sentence_of
from leuko.inspection.kind.classify import KindGuess
from leuko.inspection.quality.measures import measure_quality
from leuko.labels import InputKind
from leuko.models.card import read_card
from tests import drawn
from tests.made_gates import (
    CROP,
    CROPS,
    FIELD,
    NO_BLOOD,
    UNSURE,
    crop_ranges,
    level,
    raw_gates,
    with_gates,
)
from tests.made_models import make_model_folder
from tests.made_session import make_card, make_result


@pytest.fixture
def bare(tmp_path):
    """A two-class model of crops without gates."""
    return make_card(tmp_path, input=CROPS)


@pytest.fixture
def card(bare):
    """With gates: sets hold classes of 0.4 or more, novelty up to 1.5 is accepted."""
    return with_gates(bare)


def said(card, probability, kind=CROP, novelty=1.0, quality=None, anyway=False):
    result = replace(make_result(card, probability), novelty=novelty)
    return give_verdict(card, result, kind, quality, anyway=anyway)


def test_a_sure_answer_on_a_fitting_picture_is_one_class_and_its_probability(card):
    verdict = said(card, 0.98)
    assert verdict.sentence == "Model suggests: ALL blast, 0.98."
    assert not verdict.deferred
    assert (verdict.kind_fits, verdict.in_distribution) == (True, True)
    assert (verdict.prediction_set, verdict.coverage) == (("ALL",), 0.9)
    assert verdict.reasons == verdict.remarks == ()


def test_a_set_of_several_classes_names_them_the_most_probable_first_and_refers(tmp_path):
    folder = make_model_folder(tmp_path, "four", weights=True)
    card = with_gates(
        read_card(folder),
        levels=[level(0.9, 0.2, by_class={})],
    )
    values = {"Benign": 0.02, "Early": 0.4, "Pre": 0.55, "Pro": 0.03}
    result = replace(
        make_result(make_card(tmp_path / "two"), 0.9),
        label="Pre",
        probabilities=values,
        novelty=1.0,
    )
    verdict = give_verdict(card, result, KindGuess(InputKind.FIELD, 0.99), None)
    assert verdict.prediction_set == ("Pre", "Early")
    assert verdict.deferred
    assert verdict.sentence == (
        "Model suggests: Pre-B ALL or Early pre-B ALL (90 % coverage); refer to a haematologist."
    )


def test_the_evidence_shown_first_is_that_of_a_class_that_the_verdict_names(tmp_path):
    card = with_gates(
        read_card(make_model_folder(tmp_path, "four", weights=True)),
        levels=[level(0.9, 0.2, by_class={})],
    )
    base = replace(make_result(make_card(tmp_path / "two"), 0.9), novelty=1.0)

    def shown_first(label, *shares):
        values = dict(zip(("Benign", "Early", "Pre", "Pro"), shares, strict=True))
        result = replace(base, label=label, probabilities=values)
        verdict = give_verdict(card, result, KindGuess(InputKind.FIELD, 0.99), None)
        return verdict.prediction_set, verdict.shown_first

    assert shown_first("Pre", 0.02, 0.03, 0.9, 0.05) == (("Pre",), "Pre")
    assert shown_first("Pre", 0.02, 0.4, 0.55, 0.03) == (("Pre", "Early"), "Pre")
    # All of the classes: the words say that Benign is the most probable one, and so do the maps.
    every, first = shown_first("Early", 0.28, 0.26, 0.24, 0.22)
    assert len(every) == 4
    assert first == "Benign"
    bare = card.model_copy(update={"gates": None})
    values = {"Benign": 0.4, "Early": 0.3, "Pre": 0.2, "Pro": 0.1}
    plain = give_verdict(bare, replace(base, label="Early", probabilities=values), None, None)
    assert plain.shown_first == "Early"


def test_whose_turn_it_is_stands_in_a_word(card):
    assert said(card, 0.98).decision == ""
    assert said(card, 0.55).decision == "refer"
    assert said(card, 0.98, kind=FIELD).decision == "refused"
    assert said(card, 0.98, kind=FIELD, anyway=True).decision == "used anyway"


def test_a_set_of_all_classes_says_that_nothing_is_ruled_out(card):
    verdict = said(card, 0.55)
    assert verdict.deferred
    assert verdict.sentence == (
        "Model suggests: any of its 2 classes (90 % coverage; most probable is ALL blast, 0.55); "
        "refer to a haematologist."
    )


def test_an_empty_set_is_no_class_and_refers(bare):
    card = with_gates(bare, levels=[level(0.9, 0.95)])
    verdict = said(card, 0.9)
    assert verdict.prediction_set == ()
    assert verdict.deferred
    assert verdict.sentence == (
        "Model suggests: no class with enough certainty (90 % coverage; most probable is ALL "
        "blast, 0.90); refer to a haematologist."
    )


def test_a_broken_promise_of_coverage_is_told_in_the_same_breath(bare):
    broken = with_gates(bare, levels=[level(0.9, 0.4, low=0.7, high=0.85)])
    assert "(90 % coverage stated, 91 % measured;" in said(broken, 0.55).sentence
    assert coverage_words(0.9) == "90 % coverage"
    assert coverage_words(0.9, 0.76) == "90 % coverage stated, 76 % measured"


def test_a_novel_picture_is_deferred_though_the_model_is_sure(card):
    assert said(card, 0.98, novelty=1.5).in_distribution is True
    verdict = said(card, 0.98, novelty=1.51)
    assert verdict.in_distribution is False
    assert verdict.reasons == (NOVEL,)
    assert verdict.sentence == (
        f"Model suggests: ALL blast, 0.98; refer to a haematologist. {NOVEL}"
    )


@pytest.mark.parametrize(
    ("guess", "sentence"),
    [
        (FIELD, "This looks like a whole field; this model reads single-cell crops."),
        (NO_BLOOD, "This looks like no blood picture; this model reads single-cell crops."),
    ],
)
def test_another_kind_is_refused_by_name_and_no_class_is_said(card, guess, sentence):
    verdict = said(card, 0.98, kind=guess)
    assert verdict.refused
    assert verdict.deferred
    assert verdict.sentence == sentence
    assert "ALL" not in verdict.sentence


def test_whoever_insists_gets_a_class_and_is_told_every_time(card):
    verdict = said(card, 0.98, kind=FIELD, anyway=True)
    assert not verdict.refused
    assert verdict.deferred
    assert verdict.used_anyway
    assert verdict.sentence == (
        "Model suggests: ALL blast, 0.98; refer to a haematologist. Read anyway: this looks like "
        "a whole field; this model reads single-cell crops."
    )
    assert not said(card, 0.98, anyway=True).used_anyway


def test_a_kind_that_is_not_sure_refuses_nothing_and_is_remarked_upon(card):
    verdict = said(card, 0.98, kind=UNSURE)
    assert verdict.kind_fits is None
    assert not verdict.deferred
    assert "may be none of them" in verdict.remarks[0]


def test_where_nobody_looked_nothing_is_claimed(card):
    verdict = said(card, 0.98, kind=None, novelty=None)
    assert verdict.kind_fits is verdict.kind_probability is verdict.in_distribution is None
    assert not verdict.deferred
    assert verdict.remarks == (
        "Whether the picture is like those that the model learnt from was not measured.",
    )


def test_a_severe_finding_defers_and_a_mild_one_is_a_remark(bare):
    card = with_gates(bare, quality=crop_ranges().model_dump())
    good = drawn.draw_crop(50, True, 224)
    fine = said(card, 0.98, quality=measure_quality(good))
    assert not fine.deferred
    assert fine.quality_checked
    assert not said(card, 0.98).quality_checked
    assert not said(bare, 0.98, quality=measure_quality(good)).quality_checked
    dark = said(card, 0.98, quality=measure_quality((good * 0.15).astype(np.uint8)))
    assert dark.deferred
    severe = [sentence_of(one) for one in dark.quality if one.grade == "severe"]
    assert list(dark.reasons) == severe
    assert severe[0] in dark.sentence
    for one in dark.quality:
        assert (sentence_of(one) in dark.remarks) == (one.grade == "mild")


def test_a_blank_picture_is_deferred_even_by_a_model_without_gates(bare):
    blank = measure_quality(np.full((64, 64, 3), 220, np.uint8))
    verdict = said(bare, 0.98, quality=blank)
    assert verdict.deferred
    assert "blank" in verdict.sentence


def test_a_model_without_gates_answers_as_ever_and_says_that_it_has_none(bare):
    verdict = said(bare, 0.98, novelty=None)
    assert verdict.sentence == "Model suggests: ALL blast, 0.98."
    assert verdict.prediction_set is verdict.coverage is verdict.in_distribution is None
    assert verdict.remarks == (NO_GATES,)
    assert said(bare, 0.98, kind=FIELD, novelty=None).refused


def test_a_threshold_that_suggests_another_class_than_the_set_holds_defers(card):
    result = replace(make_result(card, 0.3), novelty=1.0)
    own = give_verdict(card, result, CROP, None)
    assert own.sentence == "Model suggests: Normal cell (HEM), 0.70."
    lowered = give_verdict(card, result.at(card.class_set, 0.2), CROP, None)
    assert lowered.prediction_set == ("HEM",)
    assert lowered.deferred
    assert lowered.sentence.startswith("Model suggests: ALL blast, 0.30; refer to a haematologist.")


def test_a_model_of_tissue_is_not_judged_by_a_gate_that_knows_blood_alone(tmp_path):
    card = make_card(tmp_path, input=CROPS | {"kind": "tissue"})
    assert said(card, 0.9, kind=NO_BLOOD).kind_fits is None


def test_every_set_of_reasons_defers_and_no_reason_does_not(card):
    for probability in (0.02, 0.45, 0.5, 0.98):
        for kind in (None, CROP, FIELD, NO_BLOOD, UNSURE):
            for novelty in (None, 0.1, 9.0):
                verdict = said(card, probability, kind, novelty)
                assert verdict.deferred == bool(verdict.reasons)
                assert verdict.sentence.endswith(".")


def test_the_record_for_json_hides_the_set_of_a_refused_picture(card):
    record = verdict_record(said(card, 0.98, kind=NO_BLOOD))
    assert record["kind"] == "none"
    assert record["prediction_set"] is None
    assert record["deferred"] is True
    assert verdict_record(said(card, 0.98))["prediction_set"] == ["ALL"]
    assert set(verdict_record(None)) == set(record)


def test_a_result_that_brings_its_looks_along_gives_the_same_verdict(card):
    pixels = drawn.draw_crop(1, True, 96)
    quality = measure_quality(pixels)
    result = replace(make_result(card, 0.98), novelty=1.0)
    seen = replace(result, kind_guess=CROP, quality=quality)
    assert verdict_of(card, seen) == give_verdict(card, result, CROP, quality)


def test_the_level_in_force_is_the_one_that_the_card_names(bare):
    levels = raw_gates()["levels"]
    strict = with_gates(bare, coverage=0.95, levels=levels)
    assert said(strict, 0.7).prediction_set == ("ALL", "HEM")
    assert said(with_gates(bare, levels=levels), 0.7).prediction_set == ("ALL",)
