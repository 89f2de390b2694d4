import torch

from benchmarks.count import make_network, measure, table


def test_every_cell_of_the_drawn_field_is_counted_and_each_way_is_timed():
    def frozen():
        card, network = make_network("test_efficientnet", 64)
        return card, network.requires_grad_(False)  # as an installed model is loaded

    row = measure(frozen, 10, 1, torch.device("cpu"))
    assert (row.cells, row.found) == (10, 10)
    times = (row.look_ms, row.find_ms, row.cut_ms, row.total_ms, row.library_ms)
    assert min(times) > 0
    assert row.faster == row.library_ms / row.total_ms
    assert "library/total" in table([row], torch.device("cpu"))
