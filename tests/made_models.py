"""Model folders made for tests: a valid card, predictions and history; no weights by default."""

import csv
import json

import numpy as np

HEX = "0123456789abcdef" * 4


def make_model_folder(
    root,
    model_id,
    *,
    classes=("Benign", "Early", "Pre", "Pro"),
    malignant=("Early", "Pre", "Pro"),
    images=120,
    groups=24,
    strength=3.0,
    seed=0,
    predictions=True,
    history=True,
    weights=False,
    **card_changes,
):
    """Write ``root/model_id`` and return it.

    Args:
        groups: number of groups in the test set, each of one class; None for single images.
        strength: how much the true class is favoured; 0 is guessing.
        predictions: whether to write ``test_predictions.csv``.
        history: whether to write ``training_history.csv``.
        weights: whether the card names weights and an (empty) weight file lies there.
        card_changes: replace top-level entries of the card.
    """
    folder = root / model_id
    folder.mkdir(parents=True)
    card = _card(model_id, classes, malignant, images, groups) | card_changes
    if weights:
        card["weights"] = {"sha256": HEX, "bytes": 1, "licence": "CC BY 4.0"}
    (folder / "card.json").write_text(json.dumps(card, indent=2), encoding="utf-8")
    if predictions:
        probabilities, truth, group_of = _outcomes(len(classes), images, groups, strength, seed)
        _write_predictions(folder, classes, probabilities, truth, group_of)
    if history:
        _write_history(folder)
    if weights:
        (folder / "model.safetensors").write_bytes(b"")
    return folder


def _card(model_id, classes, malignant, images, groups):
    return {
        "card_version": 1,
        "id": model_id,
        "title": f"Made network · {model_id}",
        "study_row": None,
        "architecture": {
            "library": "timm",
            "name": "mobilenetv2_100",
            "heatmap_layer": "conv_head",
            "parameters": 2_228_996,
        },
        "classes": list(classes),
        "malignant": list(malignant),
        "input": {
            "kind": "field",
            "side_px": 224,
            "mean": [0.5, 0.5, 0.5],
            "std": [0.25, 0.25, 0.25],
            "steps": [{"step": "fit_square", "side_px": 224}],
        },
        "temperature": 1.0,
        "decision_threshold": 0.5,
        "dataset": {
            "id": "made",
            "title": "Made data",
            "images": images * 10,
            "licence": "CC BY 4.0",
            "source": "Made for tests.",
            "notes": ["The pictures do not exist."],
        },
        "split": {
            "policy": "grouped",
            "group_meaning": "block of 20 consecutive file numbers of one class",
            "seed": 0,
            "sha256": HEX,
            "train": images * 8,
            "validation": images,
            "test": images,
            "test_groups": groups or images,
            "left_out": 0,
            "copies": 3,
        },
        "training": {
            "recipe": {"id": model_id, "training": {"epochs": 12}},
            "initialisation": "ImageNet weights of timm",
            "epochs": 12,
            "best_epoch": 9,
            "seconds": 754.0,
            "device": "CPU, float32",
            "library_versions": {"torch": "2.11.0", "timm": "1.0.20"},
            "finished": "2025-11-21",
        },
        "weights": None,
    }


def _outcomes(k, images, groups, strength, seed):
    generator = np.random.default_rng(seed)
    group_of = np.arange(images) % groups if groups else np.arange(images)
    truth = group_of % k
    logits = generator.normal(size=(images, k))
    logits += generator.normal(scale=0.7, size=(group_of.max() + 1, k))[group_of]
    logits[np.arange(images), truth] += strength
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), truth, group_of


def _write_predictions(folder, classes, probabilities, truth, group_of):
    with (folder / "test_predictions.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["image_id", "group_id", "label", *(f"probability_{c}" for c in classes)])
        for image in range(len(truth)):
            row = [f"{value:.9g}" for value in probabilities[image]]
            table.writerow([f"{image:05}.png", f"g{group_of[image]}", classes[truth[image]], *row])


def _write_history(folder):
    lines = ["epoch,train_loss,validation_loss,train_accuracy,validation_accuracy,learning_rate"]
    for epoch in range(1, 13):
        train, validation = 1.4 * 0.8**epoch, 1.4 * 0.83**epoch + 0.1
        right = 1 - 0.7 * 0.75**epoch
        lines.append(f"{epoch},{train:.4f},{validation:.4f},{right:.4f},{right - 0.03:.4f},0.001")
    (folder / "training_history.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
