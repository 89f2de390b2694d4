import numpy as np
import pytest
import torch

from leuko.inference.attributes import size_numbers
from leuko.models.attributes.card import SizeFacts
from leuko.training.attributes.module import jitter_sizes, standardised, value_weights

FACTS = SizeFacts(red_cell_px=74, nucleus=0.97, cell=1.67, spread=0.2)
SIZES = torch.tensor([[1.0, 1.5, 1.0]]).expand(4000, 3)


def test_at_power_one_every_value_weighs_alike_and_at_zero_every_cell():
    targets = np.array([0] * 90 + [1] * 10)
    even = value_weights(targets, 2, 1.0)
    assert float(even[0]) * 90 == pytest.approx(float(even[1]) * 10)
    assert value_weights(targets, 2, 0.0).tolist() == [1, 1]


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_the_weights_of_the_training_cells_have_the_mean_one(power):
    targets = np.array([0] * 7 + [1] * 2 + [2])
    weights = value_weights(targets, 4, power)  # no cell has the fourth value
    assert float(weights[torch.from_numpy(targets)].mean()) == pytest.approx(1)
    assert torch.isfinite(weights).all()


def test_the_stated_share_of_sizes_is_hidden():
    found = jitter_sizes(SIZES, 0.3, 0.0, torch.Generator().manual_seed(0))
    assert float((found[:, 2] == 0).float().mean()) == pytest.approx(0.3, abs=0.03)


def test_both_diameters_err_together_as_red_cells_measured_wrongly_do():
    found = jitter_sizes(SIZES, 0.0, 0.06, torch.Generator().manual_seed(0))
    assert torch.allclose(found[:, 1] / found[:, 0], torch.tensor(1.5))
    assert float(found[:, 0].log().std()) == pytest.approx(0.06, abs=0.005)


def test_training_and_use_put_sizes_before_the_heads_alike():
    found = standardised(torch.tensor([[1.1, 1.9, 1.0], [1.1, 1.9, 0.0]]), FACTS)
    assert found[0].tolist() == pytest.approx(size_numbers(1.1, 1.9, FACTS), rel=1e-5)
    assert found[1].tolist() == [0, 0, 0]
