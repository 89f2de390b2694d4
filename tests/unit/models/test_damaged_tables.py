"""Tables and reports beside a card, damaged in many ways: read, or refused by a sentence."""

import random

import pytest

from leuko.errors import ExplainReportError, PredictionsError
from leuko.evaluation.predictions import read_predictions
from leuko.evaluation.training_history import read_history
from leuko.models.card import HISTORY_FILE, PREDICTIONS_FILE, read_card
from leuko.models.explain_report_file import REPORT_FILE, read_explain_report
from tests.made_explain_reports import put_report
from tests.made_models import make_model_folder

SEEDS = 500
ODD_PIECES = (
    b"", b"\x00", b"\xff", b'"', b",", b"\r", b"\n\n", b"nan", b"inf", b"1e999", b"-1", b"9" * 400,
    b"\xed\xa0\x80", b"\xef\xbb\xbf", b"=1+1", b"[" * 3000, b"x" * 200_000,
)  # fmt: skip
READERS = {
    PREDICTIONS_FILE: (lambda card, path: read_predictions(path, card.class_set), PredictionsError),
    HISTORY_FILE: (lambda _, path: read_history(path), PredictionsError),
    REPORT_FILE: (lambda card, path: read_explain_report(card, path.parent), ExplainReportError),
}


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_read_or_refused_by_its_own_error(tmp_path, name):
    folder = make_model_folder(tmp_path, "made", images=12, groups=4, weights=True)
    put_report(folder)
    read, expected = READERS[name]
    card, path = read_card(folder), folder / name
    content = path.read_bytes()
    generator = random.Random(name)
    sentences = []
    for _ in range(SEEDS):
        damaged = bytearray(content)
        for _ in range(generator.choice((1, 2, 4))):
            start = generator.randrange(len(damaged) + 1)
            stop = start + generator.choice((0, 1, 5, 40))
            damaged[start:stop] = generator.choice(ODD_PIECES)
        path.write_bytes(damaged)
        try:
            read(card, path)
        except expected as problem:
            sentences.append(str(problem))
    assert len(sentences) > SEEDS // 4
    assert max(len(sentence.encode()) for sentence in sentences) < 3000
