import pytest
import torch
from torch import nn

from leuko.errors import CardError
from leuko.models.networks.small_cnns import PlainCnn, SimpleCnn


def test_the_simple_cnn_has_the_layers_of_the_study_in_their_order():
    network = SimpleCnn(2, side_px=64)
    kinds = [type(layer).__name__ for layer in network.features]
    assert kinds == ["Conv2d", "ReLU", "MaxPool2d", "Conv2d", "ReLU", "MaxPool2d", "Conv2d", "ReLU"]
    convolutions = [layer for layer in network.features if isinstance(layer, nn.Conv2d)]
    assert [layer.out_channels for layer in convolutions] == [32, 64, 128]
    assert all(layer.kernel_size == (3, 3) for layer in convolutions)
    assert network.dense.out_features == 128
    assert network.classifier.out_features == 1


def test_two_logits_of_one_output_are_its_sigmoid():
    network = SimpleCnn(2, side_px=32).eval()
    pictures = torch.randn(3, 3, 32, 32)
    hidden = network.dense(torch.flatten(network.forward_features(pictures), 1))
    output = network.classifier(hidden)[:, 0]
    torch.testing.assert_close(network(pictures).softmax(1)[:, 1], torch.sigmoid(output))


def test_four_classes_have_four_outputs():
    assert SimpleCnn(4, side_px=32)(torch.zeros(1, 3, 32, 32)).shape == (1, 4)
    assert PlainCnn(4)(torch.zeros(1, 3, 64, 64)).shape == (1, 4)


def test_a_side_that_cannot_be_halved_twice_is_refused():
    with pytest.raises(CardError, match="multiple of 4"):
        SimpleCnn(2, side_px=50)


def test_the_plain_cnn_reads_any_size():
    network = PlainCnn(2).eval()
    assert network.forward_features(torch.zeros(1, 3, 96, 96)).shape == (1, 256, 6, 6)
    assert network(torch.zeros(1, 3, 128, 128)).shape == (1, 2)
