"""What lies in a model folder can neither hang nor flood whoever reads it."""

import json
import os

import pytest

from leuko.errors import ExplainReportError, GatesError, PredictionsError, WeightsError
from leuko.evaluation.predictions import read_predictions
from leuko.evaluation.training_history import read_history
from leuko.models import bounded_read
from leuko.models.bounded_read import open_bounded, read_bounded, read_json
from leuko.models.explain_report_file import read_explain_report
from leuko.models.gates.novelty import load_novelty
from leuko.models.store import list_models
from leuko.models.weights import load_network
from tests.made_gates import with_gates
from tests.made_models import make_model_folder


@pytest.fixture
def file(tmp_path):
    return tmp_path / "file"


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_not(file):
    file.write_bytes(b"12345")
    assert read_bounded(file, 5) == b"12345"
    with pytest.raises(OSError, match="larger than the 4 bytes"):
        read_bounded(file, 4)


def test_a_file_that_grows_while_it_is_read_stays_bounded(file, monkeypatch):
    file.write_bytes(b"12345")
    stat_of = os.fstat

    def as_it_was(handle):
        facts = list(stat_of(handle))
        facts[6] = 3
        return os.stat_result(facts)

    monkeypatch.setattr(bounded_read.os, "fstat", as_it_was)
    with pytest.raises(OSError, match="larger than the 4 bytes"):
        read_bounded(file, 4)


def test_a_pipe_that_nobody_writes_to_is_refused_at_once(file):
    os.mkfifo(file)
    with pytest.raises(OSError, match="no regular file"), open_bounded(file, 10):
        pytest.fail("a pipe was opened")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/random"])
def test_a_link_to_an_endless_device_is_refused(file, device):
    file.symlink_to(device)
    with pytest.raises(OSError, match="no regular file"):
        read_bounded(file, 10)


def test_a_link_to_a_file_is_followed(file, tmp_path):
    (tmp_path / "aim").write_bytes(b"1")
    file.symlink_to("aim")
    assert read_bounded(file, 10) == b"1"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("1" * 400, "the file is a number beyond 9,007"),
        ('{"a": [-' + "9" * 17 + "]}", r"'a\.0' is a number beyond"),
        ('{"a": 1e999}', "'a' is no finite number"),
        ("-1" + "0" * 400 + ".0", "no finite number"),
        ('[{"b": NaN}]', r"'0\.b' is no finite number"),
        ("-Infinity", "no finite number"),
        (r'"\ud800"', r"U\+D800"),
        (r'{"\udfff": 1}', r"a name in the file holds the control character U\+DFFF"),
        (r'["a\u0000"]', r"U\+0000"),
        (r'"a\u202eb"', r"U\+202E"),
        (json.dumps("x" * 4001), "4,001 characters"),
    ],
)
def test_numbers_and_texts_beyond_the_bounds_are_refused(file, text, cause):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=cause):
        read_json(file, 10_000)


def test_json_with_a_byte_order_mark_is_read(file):
    file.write_bytes(b'\xef\xbb\xbf{"a": [1, 2.5, "\xc3\xa4\\n", null, true]}')
    assert read_json(file, 100) == {"a": [1, 2.5, "ä\n", None, True]}


def pipe(path):
    os.mkfifo(path)


def huge(path):
    """Three hundred megabytes that take no room on the disk."""
    with path.open("wb") as stream:
        stream.truncate(300_000_000)


def endless(path):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("put", [pipe, huge, endless])
def test_a_card_that_is_no_small_file_is_refused_and_the_others_stay(tmp_path, put):
    for name in ("a", "b", "c"):
        make_model_folder(tmp_path, name, predictions=False, history=False)
    card = tmp_path / "b" / "card.json"
    card.unlink()
    put(card)
    inventory = list_models(tmp_path)
    assert [model.id for model in inventory.models] == ["a", "c"]
    (sentence,) = inventory.problems
    assert "'b'" in sentence
    assert "copy the folder again" in sentence


@pytest.mark.parametrize("put", [pipe, huge, endless])
def test_no_other_file_of_a_folder_is_waited_for_or_read_without_bound(tmp_path, put):
    folder = make_model_folder(
        tmp_path, "a", predictions=False, history=False, weights=True,
        classes=("HEM", "ALL"), malignant=("ALL",),
    )  # fmt: skip
    (folder / "model.safetensors").unlink()
    for name in (
        "test_predictions.csv",
        "training_history.csv",
        "explain_report.json",
        "model.safetensors",
        "strangeness.safetensors",
    ):
        put(folder / name)
    (model,) = list_models(tmp_path).models
    with pytest.raises(PredictionsError):
        read_predictions(model.predictions_path, model.card.class_set)
    with pytest.raises(PredictionsError):
        read_history(model.history_path)
    with pytest.raises(ExplainReportError):
        read_explain_report(model.card, folder)
    with pytest.raises(WeightsError):
        load_network(model.card, folder)
    with pytest.raises(GatesError):
        load_novelty(with_gates(model.card), folder)
