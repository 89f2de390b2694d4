"""A training recipe that takes seconds."""

from leuko.training.recipe import Recipe, parse_recipe


def tiny_recipe(recipe_id: str = "tiny", **sections: dict[str, object]) -> Recipe:
    """Two epochs of a very small network on the made ALL-IDB2 set, in float32.

    Args:
        recipe_id: id of the model.
        sections: keys to change, by section.
    """
    raw: dict[str, dict[str, object]] = {
        "data": {"dataset": "all_idb2", "policy": "grouped", "test": 0.25, "validation": 0.25},
        "network": {
            "library": "timm",
            "name": "test_efficientnet",
            "initialisation": "scratch",
            "dropout": 0.1,
        },
        "input": {"side_px": 64},
        "augmentation": {
            "flips": True,
            "rotation_degrees": 20,
            "scale": [0.9, 1.1],
            "brightness": 0.1,
        },
        "training": {
            "epochs": 2,
            "batch_size": 6,
            "optimiser": "adamw",
            "learning_rate": 3e-3,
            "label_smoothing": 0.05,
            "class_weights": True,
            "precision": "float32",
        },
    }
    for name, changes in sections.items():
        raw[name] = raw.get(name, {}) | changes
    return parse_recipe({"id": recipe_id, "title": "Tiny", **raw}, "tiny.toml")
