"""Write the finder's network as an ONNX file, the form that OpenCV reads without torch.

ONNX is a protocol buffer; the few messages needed are written here by hand, so that no package
beyond the project's own is needed and the same weights always give the same bytes. Batch norms are
folded into the convolutions before them.

Source: onnx.proto of ONNX 1.16, github.com/onnx/onnx; wire format of Protocol Buffers.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from leuko.training.finder.unet import MAPS, PLANES, Block, FinderNet

IR_VERSION: Final = 8
OPERATORS: Final = 13
FLOAT: Final = 1
ATTRIBUTE_FLOAT, ATTRIBUTE_INT, ATTRIBUTE_TEXT, ATTRIBUTE_INTS = 1, 2, 3, 7
VARINT, LENGTH, FIXED_32 = 0, 2, 5

Weights = NDArray[np.float32]


def onnx_bytes(network: FinderNet) -> bytes:
    """The network, ready for inference, as the bytes of an ONNX file."""
    graph = _Graph()
    found, kept = "densities", []
    for index, block in enumerate(network.down):
        if index:
            found = graph.add("MaxPool", [found], kernel_shape=(2, 2), strides=(2, 2))
        found = _block(graph, block, found)
        kept.append(found)
    scales = graph.constant(np.array([1, 1, 2, 2], np.float32))
    for narrow, block, fine in zip(network.narrow, network.up, kept[-2::-1], strict=True):
        found = graph.add(
            "Resize",
            [_convolution(graph, narrow, found), "", scales],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
        found = _block(graph, block, graph.add("Add", [found, fine]))
    found = _convolution(graph, network.head, found)
    graph.add("Sigmoid", [found], output="maps")
    return graph.model("densities", PLANES, "maps", len(MAPS))


def _convolution(graph: "_Graph", layer: nn.Module, found: str) -> str:
    if not isinstance(layer, nn.Conv2d) or layer.bias is None:
        raise TypeError("expected a convolution with a bias")
    return graph.convolution(found, _array(layer.weight), _array(layer.bias))


def _block(graph: "_Graph", block: nn.Module, found: str) -> str:
    if not isinstance(block, Block):
        raise TypeError(f"expected a Block, found {type(block).__name__}")
    layers = list(block)
    for convolution, norm in zip(layers[::3], layers[1::3], strict=True):
        if not isinstance(convolution, nn.Conv2d) or not isinstance(norm, nn.BatchNorm2d):
            raise TypeError("a block is made of convolutions, each with its batch norm")
        found = graph.convolution(found, *folded(convolution, norm))
        found = graph.add("Relu", [found])
    return found


def folded(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[Weights, Weights]:
    """Kernel and bias of a convolution that does what it and its batch norm do in inference."""
    if norm.running_mean is None or norm.running_var is None:
        raise ValueError("the batch norm keeps no statistics")
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    kernel = convolution.weight * scale[:, None, None, None]
    return _array(kernel), _array(norm.bias - norm.running_mean * scale)


def _array(tensor: torch.Tensor) -> Weights:
    array: Weights = tensor.detach().float().cpu().numpy()
    return array


class _Graph:
    """Nodes and weights of a graph as they are added."""

    def __init__(self) -> None:
        self.nodes: list[bytes] = []
        self.weights: list[bytes] = []

    def add(
        self,
        operator: str,
        inputs: Sequence[str],
        output: str = "",
        **attributes: int | float | str | tuple[int, ...],
    ) -> str:
        """Add a node; returns the name of its output."""
        output = output or f"{operator.lower()}_{len(self.nodes)}"
        node = b"".join(
            [
                *(_text(1, name) for name in inputs),
                _text(2, output),
                _text(3, output),
                _text(4, operator),
                *(_message(5, _attribute(name, value)) for name, value in attributes.items()),
            ]
        )
        self.nodes.append(node)
        return output

    def constant(self, array: Weights) -> str:
        """Add weights; returns their name."""
        name = f"weights_{len(self.weights)}"
        raw = np.ascontiguousarray(array, "<f4").tobytes()
        fields = [*(_number(1, side) for side in array.shape), _number(2, FLOAT)]
        self.weights.append(b"".join([*fields, _text(8, name), _message(9, raw)]))
        return name

    def convolution(self, given: str, kernel: Weights, bias: Weights) -> str:
        """Add a convolution that keeps rows and columns."""
        side = kernel.shape[-1]
        return self.add(
            "Conv",
            [given, self.constant(kernel), self.constant(bias)],
            kernel_shape=(side, side),
            pads=(side // 2,) * 4,
            strides=(1, 1),
        )

    def model(self, given: str, planes: int, output: str, maps: int) -> bytes:
        """The whole file."""
        graph = b"".join(
            [
                *(_message(1, node) for node in self.nodes),
                _text(2, "finder"),
                *(_message(5, weights) for weights in self.weights),
                _message(11, _value(given, planes)),
                _message(12, _value(output, maps)),
            ]
        )
        operators = _text(1, "") + _number(2, OPERATORS)
        parts = [_number(1, IR_VERSION), _text(2, "leuko"), _message(7, graph)]
        return b"".join([*parts, _message(8, operators)])


def _value(name: str, channels: int) -> bytes:
    """A tensor (1, channels, any, any) by name."""
    sides: Iterable[bytes] = (
        _number(1, 1),
        _number(1, channels),
        _text(2, "height"),
        _text(2, "width"),
    )
    shape = b"".join(_message(1, side) for side in sides)
    tensor = _number(1, FLOAT) + _message(2, shape)
    return _text(1, name) + _message(2, _message(1, tensor))


def _attribute(name: str, value: int | float | str | tuple[int, ...]) -> bytes:
    start = _text(1, name)
    if isinstance(value, str):
        return start + _text(4, value) + _number(20, ATTRIBUTE_TEXT)
    if isinstance(value, tuple):
        return start + b"".join(_number(8, one) for one in value) + _number(20, ATTRIBUTE_INTS)
    if isinstance(value, int):
        return start + _number(3, value) + _number(20, ATTRIBUTE_INT)
    packed = _varint(2 << 3 | FIXED_32) + struct.pack("<f", value)
    return start + packed + _number(20, ATTRIBUTE_FLOAT)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:  # noqa: PLR2004  seven bits a byte
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | VARINT) + _varint(value)


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | LENGTH) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())
