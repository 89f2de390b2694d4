"""Watch one pass through a network: what convolutions give, and who takes it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves


class ConvolutionWatch(TorchFunctionMode):
    """Sees what convolutions give and who takes it, in this thread alone.

    ``torch.fx`` would find it too, but while it traces it replaces methods of every module of the
    process, so that a model that another thread asks meanwhile fails.

    Args:
        convolutions: name → convolution, to be watched.
    """

    def __init__(self, convolutions: Mapping[str, nn.Conv2d]) -> None:
        super().__init__()
        self._convolutions = {id(one.weight): name for name, one in convolutions.items()}
        self._given: dict[int, tuple[str, Tensor]] = {}  # the tensor too, so that its id stays
        self._takers: dict[str, list[str | None]] = {}
        self._calls: dict[str, int] = {}

    def taker_of(self, taken: Sequence[Tensor]) -> str | None:
        """Name of the module of interest that makes a call with these tensors; None for others."""
        raise NotImplementedError

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401  whatever the function gives
        given = func(*args, **(kwargs or {}))
        if not any(isinstance(one, Tensor) for one in tree_leaves(given)):
            return given  # a shape, a type, a number of axes: the values go nowhere
        taken = [one for one in tree_leaves((args, kwargs)) if isinstance(one, Tensor)]
        taker = self.taker_of(taken)
        for one in taken:
            if id(one) in self._given:
                self._takers[self._given[id(one)][0]].append(taker)
        convolution = self.named(self._convolutions, taken)
        if convolution is not None and isinstance(given, Tensor):
            self._given[id(given)] = convolution, given
            self._takers.setdefault(convolution, [])
        return given

    def named(self, owners: Mapping[int, str], taken: Iterable[Tensor]) -> str | None:
        """The module whose tensor is among those that a call took; the call is counted.

        Args:
            owners: id of a tensor → name of its module.
            taken: by the call.
        """
        name = next((owners[id(one)] for one in taken if id(one) in owners), None)
        if name is not None:
            self.count(name)
        return name

    def count(self, name: str) -> None:
        """Note that a module was called."""
        self._calls[name] = self._calls.get(name, 0) + 1

    def forget(self, given: Tensor) -> None:
        """A tensor is a convolution's no more, for it was changed in place."""
        self._given.pop(id(given), None)

    def pairs(self) -> list[tuple[str, str]]:
        """Convolution and what takes it, where nothing else does and each was called once."""
        return [
            (name, takers[0])
            for name, takers in self._takers.items()
            if len(takers) == 1
            and takers[0] is not None
            and self._calls[name] == self._calls[takers[0]] == 1
        ]
