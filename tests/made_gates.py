"""Gates made for tests; they belong to the models of :mod:`tests.made_models`."""

from leuko.inspection.kind.classify import KindGuess
from leuko.inspection.quality.measures import measure_quality
from leuko.inspection.quality.reference_ranges import ranges_from
from leuko.labels import InputKind
from leuko.models.card import ModelCard
from tests import drawn
from tests.made_models import HEX


def tally(hits, images):
    return {"hits": hits, "images": images}


def level(coverage, limit, **measured):
    """A level measured on 100 pictures of the classes HEM and ALL, in two groups."""
    return {
        "coverage": coverage,
        "limit": limit,
        "measured": {
            "covered": tally(91, 100),
            "low": 0.85,
            "high": 0.95,
            "by_class": {"HEM": tally(45, 50), "ALL": tally(46, 50)},
            "by_group": {"a": tally(32, 40), "b": tally(59, 60)},
            "single": tally(80, 82),
            "several": 11,
            "none": 7,
        }
        | measured,
    }


def novelty(**changes):
    return {
        "sha256": HEX,
        "bytes": 1000,
        "directions": 4,
        "stated": 0.95,
        "threshold": 1.5,
        "accepted": tally(93, 100),
        "strangers": [{"title": "BCCD", "images": 200, "auroc": 0.99, "refused": 190}],
    } | changes


def raw_gates(**changes):
    """Gates of the two-class model of ``tests.made_session``."""
    return {
        "gates_version": 1,
        "weights_sha256": HEX,
        "temperature": 1.0,
        "coverage": 0.9,
        "levels": [level(0.8, 0.7), level(0.9, 0.4), level(0.95, 0.2)],
        "strangeness": novelty(),
        "quality": None,
        "calibration": {
            "before": {"ece": 0.08, "brier": 0.1},
            "after": {"ece": 0.03, "brier": 0.09},
        },
        "deferral": {
            "right": tally(90, 100),
            "kept": tally(78, 80),
            "reasons": {"kind": 0, "quality": 1, "strangeness": 7, "set": 18},
        },
        "fitted_on": {
            "title": "Made data",
            "own": False,
            "train": 500,
            "validation": 120,
            "test": 100,
            "validation_groups": 12,
            "test_groups": 2,
            "by_group": True,
            "group_meaning": "subject",
        },
        "seed": 0,
        "made": "2026-11-21",
    } | changes


def with_gates(card, **changes):
    """The same card with gates, checked."""
    return ModelCard.model_validate(card.model_dump() | {"gates": raw_gates(**changes)})


def crop_ranges(side_px=224):
    """Quality ranges of drawn crops."""
    pictures = [drawn.draw_crop(seed, seed % 2 == 0, side_px) for seed in range(12)]
    return ranges_from([measure_quality(pixels) for pixels in pictures])


CROPS = {
    "kind": "crop",
    "side_px": 224,
    "mean": [0.5, 0.5, 0.5],
    "std": [0.25, 0.25, 0.25],
    "steps": [{"step": "fit_square", "side_px": 224}],
}
"""Input of a model of crops, for its card."""

CROP = KindGuess(InputKind.CROP, 0.99)
FIELD = KindGuess(InputKind.FIELD, 0.98)
NO_BLOOD = KindGuess(None, 0.99)
UNSURE = KindGuess(InputKind.FIELD, 0.6)
