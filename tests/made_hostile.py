"""Model folders whose every text is Markdown, HTML, LaTeX, an icon, a link and a picture."""

import csv
import json
import shutil
from pathlib import Path

EVIL = "evil.example"
KEPT = ("id", "study_row", "architecture", "input", "weights", "gates", "malignant", "classes")
KEPT_KEYS = ("policy", "sha256", "step", "library", "kind", "precision")


def hostile(where: str) -> str:
    """A text that would be drawn, followed or formatted wherever it is not shown as it is."""
    return (
        f"![{where}](http://{EVIL}/{where}.png) [l](http://{EVIL}/{where}) "
        f"<img src=http://{EVIL}/{where}.gif> <b>b</b> **s** $x^2$ :material/home: :red[r] `c`"
    )


RAW = (f"](http://{EVIL}", "<img", "<b>b", "**s**", "$x^2", ":material/home:", ":red[", "`c`")
"""What stands in a text that nobody escaped."""


def make_hostile_copy(folder: Path, root: Path, model_id: str) -> Path:
    """Copy a trained model and make every text in its card and tables hostile.

    Args:
        folder: of the model.
        root: of the copies.
        model_id: of the copy.
    """
    copied = Path(shutil.copytree(folder, root / model_id))
    path = copied / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    renamed = {name: f"{name} {hostile('class')}" for name in card["classes"]}
    card = {key: each if key in KEPT else _spoilt(each, key) for key, each in card.items()}
    card |= {
        "id": model_id,
        "title": hostile(f"title-{model_id}"),
        "classes": [renamed[name] for name in card["classes"]],
        "malignant": [renamed[name] for name in card["malignant"]],
        "audit": {
            "copies": 0, "near_copies": 0, "near_copies_crossing": 0, "groups_crossing": 0,
            "examined": 10, "chance": 0.5, "shortcuts": {hostile("shortcut"): 0.6},
        },
    }  # fmt: skip
    card["weights"]["licence"] = hostile("weights-licence")
    path.write_text(json.dumps(card), encoding="utf-8")
    for table in copied.glob("*_predictions.csv"):
        _spoil_table(table, renamed)
    return copied


def _spoilt(value, where):
    if isinstance(value, dict):
        return {
            key: each if key in KEPT_KEYS else _spoilt(each, f"{where}-{key}")
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_spoilt(each, where) for each in value]
    return hostile(where) if isinstance(value, str) else value


def _spoil_table(path, renamed):
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    prefix = "probability_"
    header = [
        prefix + renamed[name.removeprefix(prefix)] if name.startswith(prefix) else name
        for name in header
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for image, group, label, *rest in rows:
            names = (f"{image} {hostile('image')}", f"{group} {hostile('group')}")
            writer.writerow([*names, renamed[label], *rest])
