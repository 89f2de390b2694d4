"""Heatmaps by the grad-cam library, as the reference that ours are compared with."""

import copy

import numpy as np
import torch
from pytorch_grad_cam import (
    EigenCAM,
    GradCAM,
    GradCAMPlusPlus,
    HiResCAM,
    LayerCAM,
    ScoreCAM,
    XGradCAM,
    score_cam,
)
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

from leuko.inference.heatmaps.methods import Method

KINDS = {
    Method.GRAD_CAM: GradCAM,
    Method.GRAD_CAM_PLUS_PLUS: GradCAMPlusPlus,
    Method.HIRES_CAM: HiResCAM,
    Method.LAYER_CAM: LayerCAM,
    Method.XGRAD_CAM: XGradCAM,
    Method.EIGEN_CAM: EigenCAM,
    Method.SCORE_CAM: ScoreCAM,
}


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


def plain_heat(model, layer, picture, method, reshape, n_classes):
    """Heat of every class of one picture, as the library's documentation shows it.

    Args:
        model: a plain module, such as timm's; a copy is differentiated.
        layer: dotted name of a module of it.
        picture: normalised, (1, 3, side, side).
        reshape: as the library's ``reshape_transform``.

    Returns:
        float32 (K, side, side), each map scaled to [0, 1].
    """
    own = copy.deepcopy(model).requires_grad_(requires_grad=False)
    pictures = picture.repeat(n_classes, 1, 1, 1).requires_grad_()
    with KINDS[method](own, [own.get_submodule(layer)], reshape_transform=reshape) as cam:
        targets = [ClassifierOutputTarget(index) for index in range(n_classes)]
        return cam(input_tensor=pictures, targets=targets)


def silence_progress(monkeypatch):
    """Let the library's Score-CAM draw no progress bars."""
    monkeypatch.setattr(score_cam.tqdm, "tqdm", lambda steps: steps)
