"""Findings are data: what was found, how grave it is, and its numbers."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from pydantic import ValidationError

from leuko.decision.analysis_record import AnalysisRecord
from leuko.decision.findings import Finding, FindingCode
from leuko.decision.record import verdict_record
from leuko.decision.verdict import give_verdict
from leuko.decision.wording import sentence_of
from leuko.inspection.kind.classify import KindGuess
from leuko.inspection.quality.measures import measure_quality
from leuko.labels import InputKind
from tests import drawn
from tests.made_gates import CROPS, crop_ranges, with_gates
from tests.made_session import make_card, make_result

MADE = datetime(2026, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)


@pytest.fixture
def card(tmp_path):
    """A two-class model of crops: sets hold classes of 0.4 or more, novelty up to 1.5 passes."""
    return with_gates(make_card(tmp_path, input=CROPS), quality=crop_ranges().model_dump())


def dark_crop():
    return measure_quality((drawn.draw_crop(50, True, 224) * 0.15).astype(np.uint8))


def result_of(card, probability, novelty=1.0):
    return replace(make_result(card, probability), novelty=novelty)


def codes(verdict):
    return [(one.code, one.severity) for one in verdict.findings]


def test_each_gate_has_its_code_and_its_numbers(card):
    field = KindGuess(InputKind.FIELD, 0.99)
    verdict = give_verdict(card, result_of(card, 0.5, novelty=2.0), field, None)
    assert codes(verdict) == [
        (FindingCode.KIND, "reason"),
        (FindingCode.SET_SEVERAL, "reason"),
        (FindingCode.NOVELTY, "reason"),
    ]
    kind, several, novelty = verdict.findings
    assert (kind.kind, kind.model_kind) == (InputKind.FIELD, InputKind.CROP)
    assert (several.n_classes, several.coverage) == (2, 0.9)
    assert (novelty.value, novelty.limit) == (2.0, 1.5)
    assert verdict.reasons == tuple(sentence_of(one) for one in verdict.findings)


def test_a_finding_on_quality_carries_what_was_measured_and_the_limit(card):
    dark = dark_crop()
    verdict = give_verdict(card, result_of(card, 0.98), None, dark)
    found = {one.measure: one for one in verdict.findings if one.code is FindingCode.QUALITY}
    assert found["brightness"].severity == "reason"
    assert found["brightness"].value == dark.brightness
    assert found["brightness"].limit == card.gates.quality.by_measure["brightness"].severe_low
    assert found["brightness"].value < found["brightness"].limit


def test_json_gets_findings_as_objects_with_code_severity_and_numbers(card):
    verdict = give_verdict(card, result_of(card, 0.5), None, None)
    record = json.loads(json.dumps(verdict_record(verdict)))
    assert record["findings"] == [
        {"code": "set_several", "severity": "reason", "n_classes": 2, "coverage": 0.9}
    ]
    assert verdict_record(None)["findings"] == []


def test_every_code_has_words():
    numbers = {
        "kind": InputKind.FIELD,
        "model_kind": InputKind.CROP,
        "n_classes": 2,
        "coverage": 0.9,
    }
    for code in FindingCode:
        if code is not FindingCode.QUALITY:
            assert sentence_of(Finding(code=code, severity="reason", **numbers)).endswith(".")
    with pytest.raises(ValueError, match="quality lacks"):
        sentence_of(Finding(code=FindingCode.QUALITY, severity="reason"))


@pytest.fixture
def record(card):
    dark = dark_crop()
    result = result_of(card, 1 / 3, novelty=0.1 + 0.2)
    verdict = give_verdict(card, result, KindGuess(None, 0.97), dark, anyway=True)
    return AnalysisRecord.of(
        card,
        result,
        verdict,
        file_name="Müller <b>\u202e.png",
        picture_sha256="ab" * 32,
        threshold=0.31,
        made=MADE,
        notes=("16-bit values were scaled to 8 bit.",),
    )


def test_an_analysis_is_read_back_without_loss(record, card):
    back = AnalysisRecord.model_validate_json(record.model_dump_json())
    assert back == record
    assert back.model_dump_json() == record.model_dump_json()
    assert back.novelty == 0.1 + 0.2
    assert back.probabilities["ALL"] == 1 / 3
    assert back.made == MADE
    assert back.model_fingerprint == card.fingerprint
    assert {one.code for one in back.findings} >= {FindingCode.KIND, FindingCode.QUALITY}
    assert [sentence_of(one) for one in back.findings] == [
        sentence_of(one) for one in record.findings
    ]


def test_an_analysis_cannot_be_changed_or_hold_what_nobody_knows(record):
    with pytest.raises(ValidationError, match="frozen"):
        record.label = "other"
    raw = json.loads(record.model_dump_json())
    with pytest.raises(ValidationError, match="extra"):
        AnalysisRecord.model_validate(raw | {"diagnosis": "none"})
    with pytest.raises(ValidationError, match="timezone"):
        AnalysisRecord.model_validate(raw | {"made": "2026-05-04T03:02:01"})
