"""One network trained under both split policies: what an honest split costs."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from leuko.evaluation.published.reproduction import Measured
from leuko.evaluation.published.studies import published_row
from leuko.labels import SplitPolicy
from leuko.models.card import ModelCard
from leuko.statistics.estimate import Estimate

_POLICY_ENDING = re.compile(r"-(grouped|paper)$")
TITLE_PARTS = " · "


@dataclass(frozen=True)
class Change:
    """A figure on a grouped split minus the same figure on a random split.

    Attributes:
        value: in [-1, 1].
        low, high: limits of its 95 % interval.
    """

    value: float
    low: float
    high: float

    def text(self, digits: int = 2) -> str:
        """Such as "−0.12 (−0.25 to +0.01)"."""
        return (
            f"{signed(self.value, digits)} ({signed(self.low, digits)} to "
            f"{signed(self.high, digits)})"
        )


@dataclass(frozen=True)
class PolicyPair:
    """Two models of one network on one data set.

    Attributes:
        paper: trained and tested on a random split.
        grouped: trained and tested on a grouped split.
    """

    paper: Measured
    grouped: Measured

    @property
    def name(self) -> str:
        """Short name of the network, such as "B3 · plain CNN"."""
        return network_name(self.grouped.card)

    @property
    def digits(self) -> int:
        """Decimals that both test sets support."""
        known = [one.summary.digits for one in (self.paper, self.grouped) if one.summary]
        return min(known, default=2)

    def change(self, figure: str) -> Change | None:
        """Grouped minus random; None where one of the two has no value or no interval.

        Args:
            figure: one of ``leuko.evaluation.published.reproduction.FIGURES``.
        """
        grouped, paper = self.grouped.figure(figure), self.paper.figure(figure)
        return change_between(grouped, paper) if grouped and paper else None


def pair_policies(measured: Iterable[Measured]) -> list[PolicyPair]:
    """Models that differ in their split policy alone, in the order in which they come.

    Two models of one data set belong together when their ids are equal but for ``-grouped`` or
    ``-paper`` at the end; of those left, when they follow one row of the published systems.
    """
    models = list(measured)
    pairs = _matched(models, lambda card: _POLICY_ENDING.sub("", card.id))
    taken = {one.card.id for pair in pairs for one in (pair.paper, pair.grouped)}
    left = [one for one in models if one.card.id not in taken and one.card.study_row]
    pairs += _matched(left, lambda card: card.study_row or "")
    place = {one.card.id: position for position, one in enumerate(models)}
    return sorted(
        pairs, key=lambda pair: min(place[pair.paper.card.id], place[pair.grouped.card.id])
    )


def _matched(models: Sequence[Measured], name: Callable[[ModelCard], str]) -> list[PolicyPair]:
    sides: dict[tuple[str, str], dict[SplitPolicy, Measured]] = {}
    for one in models:
        key = (one.card.dataset.id, name(one.card))
        sides.setdefault(key, {}).setdefault(one.card.split.policy, one)
    return [
        PolicyPair(both[SplitPolicy.PAPER], both[SplitPolicy.GROUPED])
        for both in sides.values()
        if len(both) == len(SplitPolicy)
    ]


def network_name(card: ModelCard) -> str:
    """The network of a card in a few words: row and network of the study, or its title's head."""
    if card.study_row is not None:
        try:
            return f"{card.study_row}{TITLE_PARTS}{published_row(card.study_row).network}"
        except KeyError:
            pass
    return card.title.split(TITLE_PARTS, maxsplit=1)[0]


def change_between(first: Estimate, second: Estimate) -> Change | None:
    """``first`` minus ``second`` with its 95 % interval, the two taken as independent.

    The interval squares and adds the distances of both estimates from their own limits, so it
    holds for whatever way those limits were computed.

    Args:
        first: figure of a model on its own test set.
        second: figure of another model on another test set.

    Returns:
        None where one of them has no value or no interval.

    Source: Newcombe (1998), Stat. Med. 17:873-890, method 10; for other estimates than
    proportions Zou and Donner (2008), Stat. Med. 27:1693-1702.
    """
    a, b = _limits(first), _limits(second)
    if a is None or b is None:
        return None
    value = a[0] - b[0]
    return Change(
        value,
        value - math.hypot(a[0] - a[1], b[2] - b[0]),
        value + math.hypot(a[2] - a[0], b[0] - b[1]),
    )


def _limits(estimate: Estimate) -> tuple[float, float, float] | None:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    return estimate.value, estimate.low, estimate.high


def cost_sentence(pairs: Sequence[PolicyPair], figure: str, words: str) -> str:
    """What a slope chart of these pairs shows.

    Args:
        pairs: all pairs.
        figure: one of ``leuko.evaluation.published.reproduction.FIGURES``.
        words: its name within a sentence, such as "accuracy".
    """
    known = [(pair, change) for pair in pairs if (change := pair.change(figure)) is not None]
    if not known:
        return f"No network has a measurable {words} under both split policies."
    lower = sum(change.value < 0 for _, change in known)
    count = len(known)
    first = (
        f"{lower} of {count} {'network has' if count == 1 else 'networks have'} a lower {words} "
        "on a grouped split than on a random one"
    )
    ends = [
        f"{signed(change.value, pair.digits)} ({pair.name})"
        for pair, change in (
            min(known, key=lambda each: each[1].value),
            max(known, key=lambda each: each[1].value),
        )
    ]
    reach = f"changes run from {ends[0]} to {ends[1]}" if count > 1 else f"it changes by {ends[0]}"
    below = sum(change.high < 0 for _, change in known)
    above = sum(change.low > 0 for _, change in known)
    if below or above:
        surely = (
            f"The 95 % interval of the change lies below zero for {below} of {count} and above "
            f"zero for {above}."
        )
    else:
        surely = (
            "No 95 % interval of a change excludes zero: test sets of this size cannot tell these "
            "changes from chance."
        )
    return f"{first}; {reach}. {surely}"


def signed(value: float, digits: int) -> str:
    """A difference with its sign, such as "+0.02" or "−0.12"; "0.00" where it rounds to nothing."""
    printed = f"{abs(value):.{digits}f}"
    if float(printed) == 0:
        return printed
    return f"{'+' if value > 0 else '−'}{printed}"
