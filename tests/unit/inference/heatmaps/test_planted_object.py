"""A network trained here to find a red square is seen looking at the square."""

import threading

import numpy as np
import pytest
import torch

from leuko.imaging.rendering.overlay import resize_heat
from leuko.inference.heatmaps.explainer import Explainer
from leuko.inference.heatmaps.gradcam import logits_and_evidence
from leuko.inference.heatmaps.methods import Method
from leuko.models.networks.network import Network

SIDE_PX, SQUARE_PX, MARGIN_PX = 48, 10, 4
BOX_SHARE = (SQUARE_PX + 2 * MARGIN_PX) ** 2 / SIDE_PX**2  # what evidence without aim would give


@pytest.fixture(scope="module")
def square_finder():
    """A small network trained to answer one question: is there a red square?"""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        body = torch.nn.Sequential(
            torch.nn.Conv2d(3, 8, 5, stride=2, padding=2),
            torch.nn.ReLU(),
            torch.nn.Conv2d(8, 16, 3, stride=2, padding=1),
            torch.nn.ReLU(),
        )
        last = torch.nn.Linear(16, 2)
    network = Network(body, body, lambda maps: last(maps.mean((2, 3))))
    optimiser = torch.optim.Adam([*body.parameters(), *last.parameters()], 1e-2)
    for step in range(60):
        pictures, has_square, _ = planted_squares(16, seed=step)
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(pictures), has_square)
        loss.backward()
        optimiser.step()
    return network.eval().requires_grad_(requires_grad=False)


def planted_squares(count, seed):
    """Noise; every other picture has a red square at (top, left)."""
    generator = torch.Generator().manual_seed(seed)
    pictures = 0.3 * torch.randn(count, 3, SIDE_PX, SIDE_PX, generator=generator)
    places = torch.randint(
        MARGIN_PX, SIDE_PX - SQUARE_PX - MARGIN_PX, (count, 2), generator=generator
    )
    has_square = torch.arange(count) % 2
    for index in range(1, count, 2):
        top, left = places[index]
        pictures[index, 0, top : top + SQUARE_PX, left : left + SQUARE_PX] += 2
    return pictures, has_square, places


def share_in_the_box(evidence, place):
    """Share of the evidence in the square and a small margin around it."""
    heat = resize_heat(evidence, (SIDE_PX, SIDE_PX))
    top, left = (int(value) - MARGIN_PX for value in place)
    far = SQUARE_PX + 2 * MARGIN_PX
    return heat[top : top + far, left : left + far].sum() / heat.sum()


def test_the_network_learnt_its_task(square_finder):
    pictures, has_square, _ = planted_squares(40, seed=10_000)
    logits, _ = logits_and_evidence(square_finder, pictures)
    assert (logits.argmax(1) == has_square).all()


# Eigen-CAM asks for no class, and whether it marks an object or what surrounds it is chance.
@pytest.mark.parametrize("method", [method for method in Method if method.by_class])
def test_the_evidence_for_the_square_lies_on_the_square(square_finder, method):
    pictures, _, places = planted_squares(12, seed=10_000)
    explainer = Explainer(square_finder, threading.Lock(), "3", SIDE_PX)
    shares = [
        share_in_the_box(
            explainer.explain(pictures[index : index + 1], method, None, None)[1], places[index]
        )
        for index in range(1, len(pictures), 2)
    ]
    if method is Method.SCORE_CAM:  # a mean of feature maps, also of those that fire elsewhere
        assert np.mean(shares) > 3 * BOX_SHARE
    else:
        assert min(shares) > 0.8 > 5 * BOX_SHARE
