"""Grad-CAM from one forward pass: only the head is differentiated.

Source: Selvaraju et al. (2017), Grad-CAM, ICCV 2017, equations 1 and 2: the weight of a feature
map is the mean gradient of the class logit over its positions; the evidence is the rectified
weighted sum of the maps.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from leuko.inference.acceleration.cuda_graph import Trunk
from leuko.models.networks.network import Network


class ForwardResult(NamedTuple):
    """What one pass through a network gives.

    Attributes:
        logits: float32 (N, K).
        evidence: float32 (N, K, h, w), not below 0, in units of the logit: a class whose map is 0
            everywhere has no positive evidence.
        pooled: float32 (N, C), mean of each feature map.
    """

    logits: Tensor
    evidence: Tensor
    pooled: Tensor


def logits_and_evidence(network: Network, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """The same as :func:`answer`, without the means of the feature maps."""
    found = answer(network, pictures)
    return found.logits, found.evidence


def answer(network: Network, pictures: Tensor, trunk: Trunk | None = None) -> ForwardResult:
    """Logits of every class and one evidence map a class, sharing the trunk's single pass.

    Leaves no hook, gradient or activation behind, and does not depend on the gradient mode of
    the calling thread.

    Args:
        network: in evaluation mode; its head in float32, its trunk of any float type.
        pictures: normalised, (N, 3, side, side), of the trunk's type.
        trunk: computes what the network's own does, such as one that was recorded.
    """
    features_of = network.trunk if trunk is None else trunk
    # Inference mode forbids autograd even inside enable_grad, so a caller's is left first.
    with torch.inference_mode(mode=False), torch.no_grad():
        features = features_of(pictures).float()  # (N, C, h, w), or tokens
    with torch.inference_mode(mode=False), torch.enable_grad():
        watched = features.detach().requires_grad_()
        logits = network.head(watched)  # (N, K)
        n, k = logits.shape
        each = torch.eye(k, device=logits.device)[:, None].expand(k, n, k)
        # One pass for all classes: large dense layers are read once, not once a class.
        (gradients,) = torch.autograd.grad(logits, watched, each, is_grads_batched=True)
        weights = [network.maps(one).mean(dim=(2, 3)) for one in gradients]  # (N, C) each
    with torch.inference_mode(mode=False), torch.no_grad():
        maps = network.maps(features)
        evidence = weighted_maps(torch.stack(weights, dim=1), maps)
        return ForwardResult(logits.detach(), evidence, maps.mean(dim=(2, 3)))


def gradients_of_classes(logits: Tensor, watched: Tensor) -> list[Tensor]:
    """Gradient of each class's logit with respect to what was watched.

    Args:
        logits: (N, K), computed from ``watched``; the caller's gradient mode is enabled.
        watched: a leaf that requires its gradient, of any shape.

    Returns:
        K tensors of the shape of ``watched``; none is stored on it.
    """
    last = logits.shape[1] - 1
    return [
        torch.autograd.grad(logits[:, index].sum(), watched, retain_graph=index < last)[0]
        for index in range(logits.shape[1])
    ]


def weighted_maps(weights: Tensor, maps: Tensor) -> Tensor:
    """Rectified sum of feature maps, each times its weight.

    Args:
        weights: (N, K, C).
        maps: (N, C, h, w).

    Returns:
        (N, K, h, w), not below 0.
    """
    return torch.einsum("nkc,nchw->nkhw", weights, maps).relu_()
