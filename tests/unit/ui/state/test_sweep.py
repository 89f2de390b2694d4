import gc

import pytest

from leuko.ui.state.sweep import Sweeper


class Held:
    """Counts how often it was closed."""

    def __init__(self):
        self.closed = 0

    def close(self):
        self.closed += 1


@pytest.fixture
def here():
    """Sessions whose browser is connected."""
    return {"a", "b"}


@pytest.fixture
def ended():
    return []


@pytest.fixture
def sweeper(here, ended):
    return Sweeper(120, here.__contains__, ended.append)


def test_a_session_is_closed_once_its_browser_was_gone_for_long_enough(sweeper, here, ended):
    mine, hers = Held(), Held()
    sweeper.add("a", mine)
    sweeper.add("b", hers)
    sweeper.look(1e9)
    here.remove("a")
    assert sweeper.look(1e9 + 119) == 0
    assert sweeper.look(1e9 + 120) == 1
    assert (mine.closed, hers.closed, ended) == (1, 0, ["a"])
    assert sweeper.look(1e9 + 1000) == 0
    assert mine.closed == 1


def test_a_browser_that_comes_back_keeps_its_session(sweeper, here, ended):
    mine = Held()
    sweeper.add("a", mine)
    sweeper.look(1e9)
    here.remove("a")
    sweeper.look(1e9 + 100)
    here.add("a")
    sweeper.look(1e9 + 110)
    here.remove("a")
    assert sweeper.look(1e9 + 220) == 0
    assert mine.closed == 0
    assert ended == []


def test_all_that_a_session_holds_is_closed(sweeper, here):
    tray, own = Held(), Held()
    sweeper.add("a", tray)
    sweeper.add("a", own)
    here.clear()
    sweeper.look(1e12)
    assert (tray.closed, own.closed) == (1, 1)


def test_the_sweeper_keeps_nothing_alive(sweeper, here, ended):
    held = [Held()]
    sweeper.add("a", held[0])
    held.clear()
    gc.collect()
    here.clear()
    assert sweeper.look(1e12) == 1
    assert ended == ["a"]
