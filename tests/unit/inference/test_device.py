import pytest
import torch

from leuko.errors import DeviceError
from leuko.inference.device import choose_device, describe_device, has_bfloat16


@pytest.fixture
def only_cpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_auto_takes_cuda_before_mps_before_the_processor(monkeypatch, only_cpu):
    assert choose_device("auto").type == "cpu"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("auto").type == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto").type == "cuda"


@pytest.mark.parametrize("name", ["gpu", "", "cuda:", "cuda:x", "CPU"])
def test_an_unknown_device_is_refused_with_the_known_ones(name):
    with pytest.raises(DeviceError, match="use auto, cpu, cuda, cuda:1 or mps"):
        choose_device(name)


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "mps", "meta"])
def test_a_device_that_is_not_there_is_refused_and_never_replaced(name, only_cpu):
    with pytest.raises(DeviceError, match=f"'{name}' is not there"):
        choose_device(name)


def test_a_gpu_beyond_the_last_one_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(DeviceError, match="'cuda:2' is not there"):
        choose_device("cuda:2")


def test_the_processor_is_always_there():
    assert choose_device("cpu") == torch.device("cpu")
    assert describe_device(torch.device("cpu")) == "CPU"


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize(
    ("name", "asked"),
    [("cpu", "torch.cpu._is_avx512_bf16_supported"), ("cuda", "torch.cuda.is_bf16_supported")],
)
def test_a_device_has_bfloat16_where_torch_says_so_of_that_device(monkeypatch, name, asked, there):
    monkeypatch.setattr("torch.cpu._is_avx512_bf16_supported", lambda: not there)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda: not there)
    monkeypatch.setattr(asked, lambda: there)
    assert has_bfloat16(torch.device(name)) is there


def test_an_apple_gpu_is_never_asked_for_bfloat16(monkeypatch):
    monkeypatch.setattr("torch.cpu._is_avx512_bf16_supported", lambda: True)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda: True)
    assert has_bfloat16(torch.device("mps")) is False


def test_the_probe_of_this_processor_answers():
    assert isinstance(has_bfloat16(torch.device("cpu")), bool)
