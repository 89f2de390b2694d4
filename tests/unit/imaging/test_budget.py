import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from leuko.imaging.budget import MemoryBudget

CAPACITY = 100


def test_no_more_is_handed_out_than_there_is():
    budget, most = MemoryBudget(), []

    def work(needed):
        with budget.reserve(needed, CAPACITY):
            most.append(budget.reserved_bytes)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(work, [60, 50, 30, 100, 10] * 40))
    assert max(most) <= CAPACITY
    assert budget.reserved_bytes == 0


def test_a_large_one_is_not_overtaken_for_ever_by_small_ones():
    budget, order = MemoryBudget(), []
    begun = {name: threading.Event() for name in ("large", "small")}

    def wait_for(name, needed):
        begun[name].set()
        with budget.reserve(needed, CAPACITY):
            order.append(name)

    with budget.reserve(40, CAPACITY):
        large = threading.Thread(target=wait_for, args=["large", 90])
        large.start()
        while not budget.waiting:
            begun["large"].wait()
        small = threading.Thread(target=wait_for, args=["small", 20])
        small.start()
        while budget.waiting < 2:
            begun["small"].wait()
        assert order == []
    large.join()
    small.join()
    assert order == ["large", "small"]


def test_what_is_reserved_within_a_reservation_is_part_of_it():
    budget = MemoryBudget()
    with budget.reserve(90, CAPACITY), budget.reserve(80, CAPACITY):
        assert budget.reserved_bytes == 90
    assert budget.reserved_bytes == 0


def test_more_than_there_is_waits_for_all_the_rest():
    budget = MemoryBudget()
    with budget.reserve(1000, CAPACITY):
        assert budget.reserved_bytes == CAPACITY


def test_an_error_gives_the_memory_back():
    budget = MemoryBudget()

    def fail():
        with budget.reserve(90, CAPACITY):
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  our own
        fail()
    assert budget.reserved_bytes == 0
