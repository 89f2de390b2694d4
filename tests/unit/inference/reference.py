"""Grad-CAM by the grad-cam library, as the reference that ours is compared with."""

import copy

import numpy as np
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget


def library_heat(network, layer, pictures):
    """Heat of every class, each map scaled to [0, 1] at the pictures' size; (N, K, side, side).

    Args:
        network: has ``body``; a copy is differentiated, the original is left alone.
        layer: dotted name of a module of the body.
        pictures: normalised, (N, 3, side, side).
    """
    own = copy.deepcopy(network).float().requires_grad_()
    with torch.no_grad():
        n_classes = own(pictures).shape[1]
    cam = GradCAM(own, [own.body.get_submodule(layer)])
    try:
        maps = [
            cam(pictures, [ClassifierOutputTarget(index)] * len(pictures))
            for index in range(n_classes)
        ]
    finally:
        cam.activations_and_grads.release()
    return np.stack(maps, axis=1)


def scaled(evidence, side_px):
    """Evidence (N, K, h, w) scaled as the library scales its maps; (N, K, side, side)."""
    once = [scale_cam_image(of_one, (side_px, side_px)) for of_one in np.asarray(evidence)]
    return np.stack([scale_cam_image(of_one) for of_one in once])


def correlation(first, second):
    """Pearson correlation of two maps; 1 where both are flat at the same value."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float(np.allclose(first, second, atol=1e-6))
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])
