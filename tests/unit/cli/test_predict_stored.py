"""``leuko predict --json`` says of drawn pictures what it said before the packages were moved.

``tests/stored/predict.json`` was written by the code of that time, in float32 on a processor.
"""

import json

import numpy as np
import pytest
from PIL import Image, ImageFilter

from leuko.cli.main import main
from leuko.models.card import read_card
from tests import ROOT, drawn

STORED = json.loads((ROOT / "tests" / "stored" / "predict.json").read_text(encoding="utf-8"))
TOLERANCE = 2e-4
"""Of probabilities and measures: other processors add up in another order."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """The folder of the drawn files, and their names in order."""
    folder = tmp_path_factory.mktemp("pictures")
    field, crop = drawn.draw_field(1, malignant=True), drawn.draw_crop(2, True, 128)
    blurred = Image.fromarray(field).filter(ImageFilter.GaussianBlur(4))
    files = {
        "field.png": drawn.encode(field, "PNG"),
        "field_benign.jpg": drawn.encode(drawn.draw_field(4, malignant=False), "JPEG", quality=95),
        "crop.png": drawn.encode(crop, "PNG"),
        "crop_healthy.bmp": drawn.encode(drawn.draw_crop(3, False, 128), "BMP"),
        "segmented.png": drawn.encode(drawn.draw_segmented(5, malignant=True), "PNG"),
        "blurred.png": drawn.encode_image(blurred, "PNG"),
        "dark.png": drawn.encode((field * 0.35).astype(np.uint8), "PNG"),
        "grey.png": drawn.encode_image(Image.fromarray(crop).convert("L"), "PNG"),
        "cut_off.png": drawn.encode(crop, "PNG")[:2000],
        "words.png": b"no picture",
        "both.zip": drawn.zip_of(
            {"a/field.png": drawn.encode(field, "PNG"), "notes.txt": b"words"}
        ),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder, list(files)


def differences(path, stored, said):
    """Where an answer departs from the stored one; keys that are new do not count."""
    if isinstance(stored, dict) and isinstance(said, dict):
        lost = [f"{path}.{key} is gone" for key in stored if key not in said]
        return lost + [
            found
            for key in stored
            if key in said
            for found in differences(f"{path}.{key}", stored[key], said[key])
        ]
    if isinstance(stored, list) and isinstance(said, list) and len(stored) == len(said):
        pairs = enumerate(zip(stored, said, strict=True))
        return [found for i, (a, b) in pairs for found in differences(f"{path}[{i}]", a, b)]
    if isinstance(stored, float) and isinstance(said, float):
        return [] if abs(stored - said) <= TOLERANCE else [f"{path}: {stored} became {said}"]
    same = type(stored) is type(said) and stored == said
    return [] if same else [f"{path}: {stored!r} became {said!r}"]


@pytest.mark.parametrize("asked", STORED)
def test_the_answer_is_the_stored_one_but_for_new_keys(asked, pictures, monkeypatch, capsys):
    folder, names = pictures
    monkeypatch.chdir(folder)
    monkeypatch.setattr("leuko.inference.device.has_bfloat16", lambda device: False)
    model, *options = asked.split()
    main(
        ["predict", "--weights", str(ROOT / "weights"), "--model", model, "--device", "cpu",
         "--json", *options, *names]
    )  # fmt: skip
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["file"] for one in said] == [one["file"] for one in STORED[asked]]
    assert differences(asked, STORED[asked], said) == []
    card = read_card(ROOT / "weights" / model)
    assert {one["model_fingerprint"] for one in said} == {card.fingerprint}
    for one in said:
        kinds = [found["severity"] for found in one["findings"]]
        assert kinds.count("reason") == len(one["reasons"])
        assert kinds.count("remark") == len(one["remarks"])
    assert any(found["code"] == "quality" for one in said for found in one["findings"])


def test_a_changed_word_a_lost_key_and_a_moved_number_are_noticed():
    assert differences("x", {"a": 1.0, "b": "yes"}, {"a": 1.0, "b": "yes", "new": 3}) == []
    assert differences("x", {"a": 0.5}, {"a": 0.6}) == ["x.a: 0.5 became 0.6"]
    assert differences("x", {"b": "yes"}, {"b": "no"}) == ["x.b: 'yes' became 'no'"]
    assert differences("x", {"b": "yes"}, {}) == ["x.b is gone"]
    assert differences("x", [1, 2], [1]) == ["x: [1, 2] became [1]"]
