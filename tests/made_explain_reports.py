"""Reports on heatmaps made for tests; they belong to the models of :mod:`tests.made_models`."""

import json

from leuko.models.heatmap_report import ExplainReport
from tests.made_models import HEX

SHARES = [step / 4 for step in range(5)]


def measured(value, spread=0.05, units=24):
    return {"value": value, "low": value - spread, "high": value + spread, "units": units}


def curves(heatmap, random, advantage):
    return {
        "heatmap": heatmap,
        "random": random,
        "heatmap_area": sum(heatmap) / 5,
        "random_area": sum(random) / 5,
        "advantage": advantage,
    }


def part(mean, area, images=40):
    return {
        "mean": mean,
        "quantiles": [mean * share for share in (0.2, 0.6, 1.0, 1.0, 1.1)],
        "histogram": [images, *[0] * 9],
        "area": area,
    }


def raw_report(model_id="made", **changes):
    """A report that answers yes to everything; ``changes`` replace top-level entries."""
    return {
        "report_version": 1,
        "model_id": model_id,
        "weights_sha256": HEX,
        "method": "grad-cam",
        "layer": "conv_head",
        "test_images": 120,
        "images": 48,
        "groups": 24,
        "are_groups": True,
        "seed": 0,
        "with_evidence": 46,
        "removal": {
            "images": 46,
            "shares": SHARES,
            "draws": 2,
            "deletion": curves([0.9, 0.4, 0.3, 0.3, 0.2], [0.9, 0.8, 0.7, 0.5, 0.2], measured(0.2)),
            "insertion": curves(
                [0.2, 0.7, 0.8, 0.9, 0.9], [0.2, 0.3, 0.5, 0.7, 0.9], measured(0.15)
            ),
            "blur_sigma": 0.05,
        },
        "randomisation": {
            "images": 46,
            "draws": 3,
            "last_layer": measured(0.1),
            "whole_network": measured(-0.02),
        },
        "cells": {
            "images": 40,
            "without_cell": 6,
            "mostly_outside": 4,
            "nucleus": part(0.5, 0.2),
            "cytoplasm": part(0.2, 0.1),
            "outside": part(0.3, 0.7),
            "advantage": measured(0.4),
        },
        "stability": {
            "images": 48,
            "images_with_evidence": 46,
            "shift_px": 4,
            "shifts": {"correlation": measured(0.9), "changed": 0.01, "changed_images": 2},
            "flips": {"correlation": measured(0.85), "changed": 0.02, "changed_images": 1},
        },
        "made": "2025-11-21",
    } | changes


def made_report(**changes):
    """The same, checked."""
    return ExplainReport.model_validate(raw_report(**changes))


def put_report(folder, **changes):
    """Write it into a model folder and return its path."""
    path = folder / "explain_report.json"
    path.write_text(
        json.dumps(raw_report(**({"model_id": folder.name} | changes))), encoding="utf-8"
    )
    return path
