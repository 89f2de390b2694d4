import numpy as np

from leuko.evaluation.attributes.predictions import AttributePredictions
from leuko.evaluation.attributes.said import said_figures
from tests.made_attributes import attributes_card

CARD = attributes_card(
    attributes=[
        {
            "name": "shape",
            "values": [{"value": "round", "said_from": 0.8}, {"value": "irregular"}],
        },
        {"name": "ratio", "values": [{"value": "low"}, {"value": "high"}]},
    ]
)
SCORES = np.array([0.95, 0.85, 0.8, 0.79, 0.1])
TABLE = np.stack([SCORES, 1 - SCORES], axis=1)
PREDICTIONS = AttributePredictions(
    CARD.values, tuple("abcde"),
    {"shape": np.array([0, 1, 0, 0, 1]), "ratio": np.zeros(5, int)},
    {"shape": TABLE, "ratio": TABLE},
)  # fmt: skip


def test_what_reaches_the_limit_of_its_value_is_said_and_counted():
    shape = said_figures(PREDICTIONS, CARD)[0]
    assert (shape.said.hits, shape.said.trials) == (3, 5)
    assert (shape.right.hits, shape.right.trials) == (2, 3)


def test_an_attribute_that_is_never_said_is_neither_right_nor_wrong():
    ratio = said_figures(PREDICTIONS, CARD)[1]
    assert ratio.said.value == 0
    assert ratio.right.value is None
    assert ratio.right.reason == "never said"


def test_all_attributes_together_count_every_statement_once():
    both = said_figures(PREDICTIONS, CARD)[2]
    assert (both.said.hits, both.said.trials) == (3, 10)
    assert (both.right.hits, both.right.trials) == (2, 3)
