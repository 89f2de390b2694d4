"""Models that describe cells, and cells to describe, made for tests."""

import csv
import hashlib

import numpy as np
import torch
from torch import nn

from leuko.data.adapters.acevedo_attributes import VALUES
from leuko.inspection.cells.found import Box, Cell
from leuko.models.attributes.card import AttributesCard, write_attributes_card
from leuko.models.attributes.network import AttributeNetwork, build_attribute_network
from leuko.models.attributes.weights import save_attribute_weights
from leuko.models.gates.novelty import NoveltyReference, encode_novelty
from leuko.training.attributes.recipe import AttributesRecipe, parse_attributes_recipe
from tests.made_cells import ATTRIBUTES, make_acevedo
from tests.made_networks import HEX, MEAN, STD

SIDE_PX = 64
WBCATT = {str(name): known for name, known in VALUES.items()}


def card_entries(**changes):
    """Entries of a valid card over WBCAtt's attributes; ``changes`` replace top-level ones."""
    entries = {
        "id": "tiny-attributes",
        "title": "Made · attributes",
        "trunk": {"library": "timm", "name": "test_efficientnet", "parameters": 1},
        "attributes": [
            {"name": name, "values": [{"value": value, "said_from": 0.6} for value in known]}
            for name, known in WBCATT.items()
        ],
        "right_share": 0.9,
        "input": {
            "side_px": SIDE_PX,
            "mean": MEAN,
            "std": STD,
            "steps": [
                {"step": "cut_cell", "side_px": SIDE_PX, "reach": 2.5},
                {"step": "fit_square", "side_px": SIDE_PX},
            ],
            "size": {"red_cell_px": 50, "nucleus": 1.0, "cell": 1.6, "spread": 0.2},
        },
        "dataset": {"id": "made", "title": "Made", "images": 3, "licence": "-", "source": "-"},
        "sides": {"sha256": HEX, "train": 1, "validation": 1, "test": 1},
        "training": {
            "recipe": {},
            "initialisation": "random",
            "epochs": 1,
            "best_epoch": 1,
            "seconds": 1,
            "device": "CPU",
            "library_versions": {},
            "finished": "2025-01-01",
        },
        "weights": {"sha256": HEX, "bytes": 1, "licence": "CC0"},
        "novelty": {"sha256": HEX, "threshold": 2.0, "stated": 0.95},
    }
    return entries | changes


def attributes_card(**changes) -> AttributesCard:
    return AttributesCard.model_validate(card_entries(**changes))


def attribute_network(seed: int = 0) -> AttributeNetwork:
    """A small network whose answers differ from cell to cell."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        counts = [len(known) for known in WBCATT.values()]
        network = build_attribute_network("test_efficientnet", counts, SIDE_PX)
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.normal_(module.running_mean, std=0.1)
                nn.init.uniform_(module.running_var, 0.5, 1.5)
        for head in network.heads:
            nn.init.normal_(head.weight, std=0.5)
    return network.eval()


def install_attributes(root, model_id="tiny-attributes", seed=0, **changes):
    """Write a complete folder below ``root`` and return it."""
    folder = root / model_id
    folder.mkdir(parents=True)
    network = attribute_network(seed)
    sha256, n_bytes = save_attribute_weights(network, folder / "model.safetensors")
    channels = network.heads[0].in_features - 16
    novelty = NoveltyReference(
        np.zeros((1, channels), np.float32), np.eye(2, channels, dtype=np.float32),
        np.ones(2, np.float32), 1.0,
    )  # fmt: skip
    content = encode_novelty(novelty)
    (folder / "strangeness.safetensors").write_bytes(content)
    entries = {
        "id": model_id,
        "weights": {"sha256": sha256, "bytes": n_bytes, "licence": "CC0"},
        "novelty": {
            "sha256": hashlib.sha256(content).hexdigest(), "threshold": 1000.0, "stated": 0.95,
        },
    }  # fmt: skip
    write_attributes_card(attributes_card(**(entries | changes)), folder)
    return folder


def square_cell(centre=(60.0, 60.0), nucleus_px=30.0, cell_px=50, red_cells=None) -> Cell:
    """A cell with a square outline of that side around its centre."""
    x, y = (round(value) for value in centre)
    half, inner = cell_px // 2, round(nucleus_px / 2)

    def corners(reach):
        return np.array(
            [(x - reach, y - reach), (x + reach, y - reach), (x + reach, y + reach),
             (x - reach, y + reach)], np.int32,
        )  # fmt: skip

    return Cell(
        box=Box(x - half, y - half, 2 * half, 2 * half),
        centre=centre,
        nucleus_px=nucleus_px,
        outline=corners(half),
        nucleus=(corners(inner),),
        touches_edge=False,
        nucleus_in_red_cells=red_cells,
    )


def make_described(root, per_class=9):
    """Drawn cells of Acevedo with tables of WBCAtt: sides in turn, values that follow the file."""
    make_acevedo(root, per_class)
    files = sorted((root / "PBC_dataset_normal_DIB").glob("*/*.jpg"))
    sides = ("train", "train", "train", "val", "test")
    rows = []
    for place, file in enumerate(files):
        said = {name: known[(place + len(name)) % len(known)] for name, known in WBCATT.items()}
        rows.append(
            {"img_name": file.name, "label": file.parent.name.title(), **ATTRIBUTES, **said,
             "split": sides[place % len(sides)]}
        )  # fmt: skip
    _write(root / "wbc_attributes.csv", rows)
    again = [{**row, "cell_size": "small"} for row in rows[::3]]
    _write(root / "wbc_attributes_second_reader.csv", again)
    return root


def tiny_attributes_recipe(**sections) -> AttributesRecipe:
    """Three epochs of a very small network, in float32."""
    raw = {
        "kind": "attributes",
        "id": "tiny-attributes",
        "title": "Tiny",
        "network": {
            "library": "timm", "name": "test_efficientnet", "initialisation": "scratch",
            "dropout": 0.1,
        },
        "input": {"side_px": SIDE_PX, "reach": 2.5, "red_cell_px": 20},
        "training": {
            "epochs": 3, "batch_size": 16, "learning_rate": 3e-3, "precision": "float32",
        },
    }  # fmt: skip
    for name, changes in sections.items():
        raw[name] = raw.get(name, {}) | changes
    return parse_attributes_recipe(raw, "tiny.toml")


def _write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
