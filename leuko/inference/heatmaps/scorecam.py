"""Score-CAM: which feature maps keep a class's score high when the picture is dimmed elsewhere.

Source: Wang et al. (2020), Score-CAM, CVPR workshops, as the grad-cam library computes it. The
library would ask the network anew for each class, hold the picture once for every feature map
(over 2 GB for Inception v3) and draw progress bars; here the classes share each pass, a batch at
a time is held, and feature maps that are 0 everywhere, which leave a black picture, share one.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

EPSILON = 1e-8


def score_cam(
    maps: Tensor,
    picture: Tensor,
    logits_of: Callable[[Tensor], Tensor],
    batch: int,
    progress: Callable[[float], None] | None = None,
) -> Tensor:
    """One map a class; the network is asked once for each feature map that is not empty.

    Args:
        maps: feature maps, float32 (1, C, h, w).
        picture: normalised, (1, 3, side, side), of the network's type.
        logits_of: logits float32 (N, K) of N normalised pictures.
        batch: pictures that share one pass.
        progress: told the share done, in (0, 1], after each pass; what it raises ends the work.

    Returns:
        float32 (K, h, w), not below 0, a mean of the feature maps weighted by the softmax over
        them of the class's logits.
    """
    with torch.inference_mode(mode=False), torch.no_grad():
        alive = maps[0].flatten(1).any(dim=1).nonzero().flatten()  # (A,)
        black = logits_of(torch.zeros_like(picture))  # (1, K)
        scores = black.repeat(maps.shape[1], 1)  # (C, K)
        for start in range(0, len(alive), batch):
            chosen = alive[start : start + batch]
            masks = _masks(maps[:, chosen], picture.shape[-1])  # (B, 1, side, side)
            scores[chosen] = logits_of(picture * masks.to(picture.dtype))
            if progress is not None:
                progress(min(1.0, (start + batch) / len(alive)))
        weights = scores.softmax(dim=0)  # (C, K)
        return torch.einsum("ck,chw->khw", weights, maps[0]).relu_()


def _masks(maps: Tensor, side_px: int) -> Tensor:
    """Feature maps (1, B, h, w), each at the picture's size and from 0 to 1; (B, 1, side, side)."""
    upsampled = nn.functional.interpolate(
        maps, size=(side_px, side_px), mode="bilinear", align_corners=True
    )
    lowest = upsampled.amin(dim=(2, 3), keepdim=True)
    highest = upsampled.amax(dim=(2, 3), keepdim=True)
    return ((upsampled - lowest) / (highest - lowest + EPSILON)).transpose(0, 1)
