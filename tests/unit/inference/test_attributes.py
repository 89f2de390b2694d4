import numpy as np
import pytest
import torch

from leuko.errors import WeightsError
from leuko.inference.attributes import AttributeReader, cell_diameter, sizes_of
from leuko.models.attributes.store import list_attribute_models
from tests.drawn import draw_crop
from tests.made_attributes import (
    WBCATT,
    attribute_network,
    attributes_card,
    install_attributes,
    square_cell,
)

CELLS = [
    square_cell((60.0, 60.0), 30, 50, 0.6),
    square_cell((90.0, 40.0), 24, 40),
    square_cell((20.0, 100.0), 40, 44),
]


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    root = tmp_path_factory.mktemp("attributes")
    install_attributes(root)
    return AttributeReader.load(list_attribute_models(root).get(), "cpu")


@pytest.fixture(scope="module")
def pixels():
    return draw_crop(4, False, 120)


def test_every_attribute_of_every_cell_has_probabilities_that_sum_to_one(reader, pixels):
    readings = reader.read(pixels, CELLS)
    assert len(readings) == 3
    for reading in readings:
        assert list(reading.probabilities) == list(WBCATT)
        for name, known in WBCATT.items():
            assert len(reading.probabilities[name]) == len(known)
            assert sum(reading.probabilities[name]) == pytest.approx(1)
        assert reading.novelty > 0


@pytest.mark.parametrize("batch", [1, 2, 8])
def test_a_cell_gets_the_same_answer_alone_and_among_others(reader, pixels, batch):
    together = reader.read(pixels, CELLS, batch=batch)
    for cell, reading in zip(CELLS, together, strict=True):
        (alone,) = reader.read(pixels, [cell])
        for name in WBCATT:
            assert alone.probabilities[name] == pytest.approx(reading.probabilities[name], abs=1e-5)
        assert alone.novelty == pytest.approx(reading.novelty, abs=1e-5)


def test_a_picture_without_cells_gives_no_readings(reader, pixels):
    assert reader.read(pixels, []) == []


def test_the_network_is_told_the_size_where_it_is_known(reader, pixels):
    known, unknown, _ = reader.read(pixels, CELLS)
    assert known.size_known
    assert not unknown.size_known
    told = reader.read(pixels, CELLS, red_cell_px=50.0)
    assert all(reading.size_known for reading in told)
    assert told[1].probabilities["cell_size"] != unknown.probabilities["cell_size"]


def test_novelty_does_not_depend_on_the_size_that_is_told(reader, pixels):
    first, second = reader.read(pixels, CELLS), reader.read(pixels, CELLS, red_cell_px=50.0)
    assert [a.novelty for a in first] == [b.novelty for b in second]


def test_sizes_are_deviations_from_the_training_mean_in_red_cell_diameters():
    facts = attributes_card().input.size  # nucleus 1.0, cell 1.6, spread 0.2
    cell = square_cell((60.0, 60.0), 30, 40, red_cells=0.6)  # so red cells measure 50 px
    whole = 2 * np.sqrt(40 * 40 / np.pi) / 50
    assert sizes_of([cell], facts)[0] == pytest.approx(
        [(0.6 - 1.0) / 0.2, (whole - 1.6) / 0.2, 1.0], rel=1e-5
    )
    assert sizes_of([square_cell()], facts).tolist() == [[0, 0, 0]]
    assert sizes_of([], facts).shape == (0, 3)


def test_a_cell_is_never_smaller_than_its_nucleus():
    assert cell_diameter(square_cell((60.0, 60.0), 30, 10)) == 30


def test_temperature_softens_the_attribute_that_it_belongs_to(pixels):
    entries = [
        {"name": name, "values": [{"value": v} for v in known],
         "temperature": 4.0 if name == "cell_shape" else 1.0}
        for name, known in WBCATT.items()
    ]  # fmt: skip
    plain = AttributeReader(attributes_card(novelty=None), attribute_network())
    soft = AttributeReader(attributes_card(attributes=entries, novelty=None), attribute_network())
    (first,), (second,) = (model.read(pixels, CELLS[:1]) for model in (plain, soft))
    assert second.probabilities["granularity"] == first.probabilities["granularity"]
    odds = np.array(first.probabilities["cell_shape"]) ** 0.25
    assert second.probabilities["cell_shape"] == pytest.approx(odds / odds.sum())
    assert first.novelty is None


def test_an_answer_that_is_no_number_is_refused(pixels):
    network = attribute_network()
    with torch.no_grad():
        network.heads[0].bias.fill_(float("inf"))
    with pytest.raises(WeightsError, match="no finite number"):
        AttributeReader(attributes_card(), network).read(pixels, CELLS)
