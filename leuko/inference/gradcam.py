"""Grad-CAM from one forward pass: only the head is differentiated.

Source: Selvaraju et al. (2017), Grad-CAM, ICCV 2017, equations 1 and 2: the weight of a feature
map is the mean gradient of the class logit over its positions; the evidence is the rectified
weighted sum of the maps.
"""

import torch
from torch import Tensor

from leuko.models.network import Network


def logits_and_evidence(network: Network, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Logits of every class and one evidence map a class, sharing the trunk's single pass.

    Leaves no hook, gradient or activation behind, and does not depend on the gradient mode of
    the calling thread.

    Args:
        network: in evaluation mode; its head in float32, its trunk of any float type.
        pictures: normalised, (N, 3, side, side), of the trunk's type.

    Returns:
        (logits, evidence): float32 (N, K), and float32 (N, K, h, w), not below 0. Evidence is in
        units of the logit: a class whose map is 0 everywhere has no positive evidence.
    """
    # Inference mode forbids autograd even inside enable_grad, so a caller's is left first.
    with torch.inference_mode(mode=False), torch.no_grad():
        features = network.trunk(pictures).float()  # (N, C, h, w)
    with torch.inference_mode(mode=False), torch.enable_grad():
        watched = features.detach().requires_grad_()
        logits = network.head(watched)  # (N, K)
        n_classes = logits.shape[1]
        weights = []
        for index in range(n_classes):
            (gradient,) = torch.autograd.grad(
                logits[:, index].sum(), watched, retain_graph=index + 1 < n_classes
            )
            weights.append(gradient.mean(dim=(2, 3)))  # (N, C)
    with torch.inference_mode(mode=False), torch.no_grad():
        evidence = torch.einsum("nkc,nchw->nkhw", torch.stack(weights, dim=1), features).relu_()
    return logits.detach(), evidence
