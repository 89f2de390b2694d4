import json

import pytest

from leuko.errors import CardError
from leuko.models.card import CARD_FILE, CARD_VERSION, read_card, write_card
from tests.made_models import make_model_folder


@pytest.fixture
def folder(tmp_path):
    return make_model_folder(tmp_path, "made", predictions=False, history=False)


def change(folder, edit):
    path = folder / CARD_FILE
    raw = json.loads(path.read_text(encoding="utf-8"))
    edit(raw)
    path.write_text(json.dumps(raw), encoding="utf-8")


def refusal(folder):
    with pytest.raises(CardError) as caught:
        read_card(folder)
    return str(caught.value)


def test_a_card_survives_writing_and_reading(folder, tmp_path):
    card = read_card(folder)
    copy = tmp_path / "copy" / "made"
    copy.mkdir(parents=True)
    write_card(card, copy)
    assert read_card(copy) == card
    assert card.class_set.malignant_indices == (1, 2, 3)


def test_an_unknown_key_is_refused_by_its_place(folder):
    change(folder, lambda raw: raw["input"].update(side=224))
    assert "'input.side'" in refusal(folder)


def test_a_card_of_a_newer_version_is_refused_with_the_remedy(folder):
    change(folder, lambda raw: raw.update(card_version=CARD_VERSION + 1, something_new=1))
    sentence = refusal(folder)
    assert f"version {CARD_VERSION + 1}" in sentence
    assert "install a newer leuko" in sentence


def test_a_folder_of_another_name_than_its_card_is_refused_with_the_remedy(folder):
    moved = folder.rename(folder.parent / "other")
    assert "rename the folder to 'made'" in refusal(moved)


def test_a_card_is_read_with_a_byte_order_mark_and_utf_16_is_refused(folder):
    card, path = read_card(folder), folder / CARD_FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8-sig")
    assert read_card(folder) == card
    path.write_text(text, encoding="utf-16")
    assert "it is UTF-16 text: save it as UTF-8" in refusal(folder)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"",
        b"\xff\xfe\xfa",
        b"[" * 100_000,
    ],
    ids=["cut off", "empty", "no text", "bottomless"],
)
def test_a_card_that_is_no_json_is_refused_with_the_remedy(folder, content):
    (folder / CARD_FILE).write_bytes(content)
    sentence = refusal(folder)
    assert "'made'" in sentence
    assert "copy the folder again" in sentence


@pytest.mark.parametrize("content", ["[]", "null", '"made"', "3"])
def test_json_that_is_no_card_is_refused(folder, content):
    (folder / CARD_FILE).write_text(content, encoding="utf-8")
    assert "'the card'" in refusal(folder)


def test_a_folder_without_a_card_is_refused(folder):
    (folder / CARD_FILE).unlink()
    assert "no card.json" in refusal(folder)


@pytest.mark.parametrize(
    ("edit", "where"),
    [
        (lambda raw: raw.update(temperature=0), "temperature"),
        (lambda raw: raw.update(decision_threshold=1.5), "decision_threshold"),
        (lambda raw: raw.update(malignant=["Blast"]), "Blast"),
        (lambda raw: raw.update(malignant=[]), "some classes must be malignant"),
        (lambda raw: raw.update(classes=["Pro"]), "at least two different classes"),
        (lambda raw: raw["architecture"].update(library="keras"), "architecture.library"),
        (lambda raw: raw["input"].update(kind="slide"), "input.kind"),
        (lambda raw: raw["split"].update(policy="random"), "split.policy"),
        (lambda raw: raw["split"].update(sha256="ABC"), "split.sha256"),
        (lambda raw: raw.update(id="../made"), "'id'"),
        (lambda raw: raw.pop("dataset"), "dataset"),
        (lambda raw: raw["input"].update(std=[0.2, 0.0, 0.2]), "input.std"),
        (lambda raw: raw["input"].update(mean=[0.2, float("nan"), 0.2]), "input.mean"),
    ],
)
def test_a_card_that_breaks_a_rule_is_refused_by_its_first_broken_field(folder, edit, where):
    change(folder, edit)
    assert where in refusal(folder)


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"step": "fit_square", "side_px": 128}],
        [{"step": "fit_square", "side_px": 224}, {"step": "mask_corner", "left": 0, "top": 0}],
        [{"step": "fit_square", "side_px": 224}, {"step": "fit_square", "side_px": 224}],
    ],
    ids=["none", "another side", "a mask last", "two squares"],
)
def test_preprocessing_that_does_not_end_in_the_networks_square_is_refused(folder, steps):
    change(folder, lambda raw: raw["input"].update(steps=steps))
    assert "fit_square" in refusal(folder)


def test_a_card_without_weights_is_a_card(folder):
    assert read_card(folder).weights is None
