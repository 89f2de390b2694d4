"""Model folders of a test: copied, with another card, other answers or damaged weights."""

import json
import shutil
from pathlib import Path

HAND_CHECKED_CLASSES = "AAAAHHHHHH"
"""Malignant (A) or benign (H), for :func:`write_answers`."""
HAND_CHECKED_PROBABILITIES = (0.9, 0.8, 0.6, 0.3, 0.7, 0.55, 0.4, 0.2, 0.1, 0.05)


def read_raw_card(folder):
    return json.loads((folder / "card.json").read_text(encoding="utf-8"))


def edit_card(folder, **changes):
    """Replace top-level entries of a model's card."""
    text = json.dumps(read_raw_card(folder) | changes)
    (folder / "card.json").write_text(text, encoding="utf-8")


def edit_part(folder, part, **changes):
    """Replace entries of one part of a model's card, such as its data set or its input."""
    edit_card(folder, **{part: read_raw_card(folder)[part] | changes})


def copy_model(folder, root, name, **changes):
    """Copy a model to ``root/name`` as a model of that name; ``changes`` are of its card."""
    copied = Path(shutil.copytree(folder, root / name))
    edit_card(copied, **({"id": name, "title": name.title(), "study_row": None} | changes))
    return copied


def alter_weights(folder):
    """Change one bit of a model's weights; the return value is what they were."""
    path = folder / "model.safetensors"
    intact = path.read_bytes()
    path.write_bytes(intact[:-1] + bytes([intact[-1] ^ 1]))
    return intact


def write_answers(folder, letters, probabilities):
    """Give a model of the classes HEM and ALL these answers on its test set.

    Args:
        folder: of the model.
        letters: the true class of each image, A or H.
        probabilities: of the class ALL, one an image.
    """
    lines = ["image_id,group_id,label,probability_HEM,probability_ALL"]
    for number, (letter, p) in enumerate(zip(letters, probabilities, strict=True)):
        label = {"A": "ALL", "H": "HEM"}[letter]
        lines.append(f"{number:03},{number},{label},{1 - p:.9g},{p}")
    (folder / "test_predictions.csv").write_text("\n".join(lines) + "\n")
