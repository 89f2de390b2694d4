"""Rules that ask for a second look at a count; each has its source, and none names a disease."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from leuko.cell_classes import CELL_CLASSES, is_leukocyte
from leuko.statistics.intervals import wilson_interval


class Patient(StrEnum):
    """Whose limits hold."""

    ADULT = "adult"
    CHILD = "child"


class Rule(BaseModel):
    """One rule of ``flags.toml``.

    Attributes:
        name: class of leukocytes.
        at_least_cells: cells that raise it, however many were counted.
        at_least_per_cent: share of the leukocytes that raises it.
        patient: of whom it holds; None for everyone.
        source: where the rule comes from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    at_least_cells: Annotated[int, Field(ge=1)] | None = None
    at_least_per_cent: Annotated[float, Field(gt=0, le=100)] | None = None
    patient: Patient | None = None
    source: str

    @model_validator(mode="after")
    def _is_one_limit_of_a_leukocyte(self) -> Self:
        if self.name not in CELL_CLASSES or not is_leukocyte(self.name):
            raise ValueError(f"{self.name!r} is no class of leukocytes")
        if (self.at_least_cells is None) == (self.at_least_per_cent is None):
            raise ValueError("a rule has either at_least_cells or at_least_per_cent")
        return self

    @property
    def words(self) -> str:
        """The rule, such as "Monocyte ≥ 20 %" or "any Blast cell"."""
        whose = f" ({self.patient})" if self.patient is not None else ""
        if self.at_least_per_cent is not None:
            return f"{self.name} ≥ {self.at_least_per_cent:g} %{whose}"
        if self.at_least_cells == 1:
            return f"any {self.name}{whose}"
        return f"{self.name} ≥ {self.at_least_cells}{whose}"


@dataclass(frozen=True)
class Flag:
    """A rule that a count raises, or may raise.

    Attributes:
        rule: of the file.
        state: ``met`` where the whole interval, or the number, reaches the limit; ``open`` where
            the interval holds the limit, so that this many cells cannot tell.
        n: cells of the class.
        leukocytes: counted.
    """

    rule: Rule
    state: Literal["met", "open"]
    n: int
    leukocytes: int

    @property
    def name(self) -> str:
        """The class that it is about."""
        return self.rule.name

    @property
    def sentence(self) -> str:
        """What is the case, such as "Monocyte ≥ 20 %: 18 of 100, interval 12–27 %: …"."""
        counted = f"{self.rule.words}: {self.n} of {self.leukocytes}"
        limit = self.rule.at_least_per_cent
        if limit is None:
            return f"{counted}."
        low, high = wilson_interval(self.n, self.leukocytes)
        interval = f"interval {_whole(low)}–{_whole(high)} %"
        if self.state == "open":
            return f"{counted}, {interval}: cannot be told from {limit:g} %."
        return f"{counted}, {interval}."


def raised_flags(
    counts: Mapping[str, int], patient: Patient | None = None, *, per_cent: bool
) -> tuple[Flag, ...]:
    """The rules that a count raises, in the order of the file.

    Args:
        counts: leukocytes by class, all classes that were counted.
        patient: whose limits hold; None for everyone's.
        per_cent: whether so many cells were counted that rules about per cent hold.
    """
    total = sum(counts.values())
    found: list[Flag] = []
    for rule in rules():
        n = counts.get(rule.name, 0)
        others = patient is not None and rule.patient not in (None, patient)
        state = None if others or not n else _state(rule, n, total, per_cent=per_cent)
        if state is not None:
            found.append(Flag(rule, state, n, total))
    return tuple(found)


def _state(rule: Rule, n: int, total: int, *, per_cent: bool) -> Literal["met", "open"] | None:
    if rule.at_least_cells is not None:
        return "met" if n >= rule.at_least_cells else None
    if not per_cent or rule.at_least_per_cent is None:
        return None
    low, high = (100 * limit for limit in wilson_interval(n, total))
    if low >= rule.at_least_per_cent:
        return "met"
    return "open" if high >= rule.at_least_per_cent else None


def _whole(share: float) -> str:
    return f"{100 * share:.0f}"


@cache
def rules() -> tuple[Rule, ...]:
    """All rules of ``flags.toml``, in its order.

    Raises:
        pydantic.ValidationError: when the file is not in order.
    """
    text = resources.files(__package__).joinpath("flags.toml").read_text(encoding="utf-8")
    stored = tomllib.loads(text)
    sources: dict[str, str] = stored["sources"]
    return tuple(Rule(**{**one, "source": sources[one["source"]]}) for one in stored["rules"])
