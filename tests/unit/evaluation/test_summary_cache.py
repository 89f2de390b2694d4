import hashlib
import json
import os

import pytest

from leuko.evaluation import summary_cache as kept_summaries
from leuko.evaluation.summary import summarise
from leuko.evaluation.summary_cache import cache_folder, keep_summary, kept_summary, summary_key
from tests.unit.evaluation.made_predictions import FOUR, TWO, binary, random_predictions

KEY = "k" * 64
KNOWN = {1: "3ad3fea94373acda", 2: "6767690428bed655"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKO_CACHE", str(tmp_path))
    return tmp_path / "summaries"


@pytest.mark.parametrize(
    "predictions",
    [
        random_predictions(FOUR, 80, 9),
        random_predictions(TWO, 80),
        binary("A", [0.9]),
        binary("HHH", [0.9, 0.1, 0.1]),
    ],
    ids=["grouped", "independent", "single image", "one side"],
)
def test_a_kept_summary_comes_back_equal_to_the_last_digit(folder, predictions):
    made = summarise(predictions, 0.3, resamples=50)
    keep_summary(KEY, made)
    assert kept_summary(KEY) == made


def test_what_was_never_kept_is_not_there(folder):
    assert kept_summary(KEY) is None


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "no summary", "folder"])
def test_a_damaged_file_counts_as_none_and_is_replaced(folder, damage):
    made = summarise(binary("AH", [0.9, 0.2]), resamples=50)
    keep_summary(KEY, made)
    path = folder / f"{KEY}.json"
    text = path.read_bytes()
    body = b'{"classes": 1}'
    damaged = {
        "cut": text[: len(text) // 2],
        "changed": text.replace(b"0.0", b"0.1", 1),
        "empty": b"",
        "no summary": hashlib.sha256(body).hexdigest().encode() + b"\n" + body,
    }
    path.unlink()
    if damage == "folder":
        path.mkdir()
        assert kept_summary(KEY) is None
        keep_summary(KEY, made)
        return
    path.write_bytes(damaged[damage])
    assert kept_summary(KEY) is None
    keep_summary(KEY, made)
    assert kept_summary(KEY) == made


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LEUKO_CACHE", str(tmp_path / "file"))
    keep_summary(KEY, summarise(binary("AH", [0.9, 0.2]), resamples=50))
    assert kept_summary(KEY) is None


def test_the_number_of_kept_files_is_bounded_and_the_oldest_go(folder, monkeypatch):
    monkeypatch.setattr(kept_summaries, "KEPT_FILES", 3)
    made = summarise(binary("AH", [0.9, 0.2]), resamples=50)
    for number in range(5):
        keep_summary(str(number), made)
        os.utime(folder / f"{number}.json", (number, number))
    assert sorted(path.name for path in folder.iterdir()) == ["2.json", "3.json", "4.json"]


def test_the_key_changes_with_everything_that_changes_a_figure(monkeypatch):
    keys = {
        summary_key("a", TWO, 0.5),
        summary_key("b", TWO, 0.5),
        summary_key("a", FOUR, 0.5),
        summary_key("a", TWO, 0.6),
        summary_key("a", TWO, 0.5, seed=1),
        summary_key("a", TWO, 0.5, resamples=10),
    }
    monkeypatch.setattr(kept_summaries, "FORMULAS_VERSION", 0)
    keys.add(summary_key("a", TWO, 0.5))
    assert len(keys) == 7


def test_only_figures_are_kept(folder):
    p = random_predictions(TWO, 30, 5)
    keep_summary(KEY, summarise(p, resamples=50))
    text = (folder / f"{KEY}.json").read_text()
    assert "image 1" not in text
    assert "group 1" not in text


def test_without_a_named_folder_the_users_cache_is_used(monkeypatch, tmp_path):
    monkeypatch.delenv("LEUKO_CACHE")
    monkeypatch.setattr(kept_summaries, "user_cache_path", lambda name, **_: tmp_path / name)
    assert cache_folder() == tmp_path / "leuko" / "summaries"


def test_figures_that_change_ask_for_a_new_version_of_the_formulas():
    """When this fails, raise FORMULAS_VERSION and write its digest here."""
    tables = (
        random_predictions(FOUR, 120, 14),
        random_predictions(TWO, 90),
        binary("AAHH", [0.7] * 4),
        binary("A" * 10 + "H" * 10, [0.9] * 10 + [0.1] * 10, [f"g{i % 5}" for i in range(20)]),
        binary("AAA", [0.9, 0.8, 0.2]),
    )
    rounded = [_rounded(_as_plain(summarise(p, 0.5, resamples=100))) for p in tables]
    digest = hashlib.sha256(json.dumps(rounded, sort_keys=True).encode()).hexdigest()[:16]
    assert KNOWN[kept_summaries.FORMULAS_VERSION] == digest


def _as_plain(summary):
    return json.loads(kept_summaries._adapter(type(summary)).dump_json(summary)) | {"classes": None}


def _rounded(value):
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return round(value, 5) + 0.0 if isinstance(value, float) else value
