"""The ONNX file that is written by hand is the network, as OpenCV reads it."""

import cv2
import numpy as np
import pytest
import torch

from leuko.training.finder.onnx_file import folded, onnx_bytes
from leuko.training.finder.unet import FinderNet


@pytest.fixture
def network():
    torch.manual_seed(0)
    made = FinderNet()
    for module in made.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_()
    return made.eval()


@pytest.mark.parametrize("shape", [(64, 96), (8, 8), (40, 32)])
def test_opencv_computes_what_torch_computes(network, shape):
    read = cv2.dnn.readNetFromONNX(np.frombuffer(onnx_bytes(network), np.uint8))
    planes = np.random.default_rng(0).random((1, 3, *shape), dtype=np.float32)
    read.setInput(planes)
    with torch.inference_mode():
        expected = network(torch.from_numpy(planes)).sigmoid().numpy()
    np.testing.assert_allclose(read.forward(), expected, atol=1e-5)


def test_the_same_weights_give_the_same_bytes(network):
    assert onnx_bytes(network) == onnx_bytes(network)


def test_a_folded_convolution_does_what_it_and_its_norm_do():
    torch.manual_seed(1)
    convolution = torch.nn.Conv2d(3, 5, 3, padding=1, bias=False)
    norm = torch.nn.BatchNorm2d(5)
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2)
    norm.eval()
    kernel, bias = folded(convolution, norm)
    one = torch.nn.Conv2d(3, 5, 3, padding=1)
    one.weight.data, one.bias.data = torch.from_numpy(kernel), torch.from_numpy(bias)
    planes = torch.rand(2, 3, 9, 9)
    torch.testing.assert_close(one(planes), norm(convolution(planes)), rtol=1e-4, atol=1e-5)
