"""Maps by the formulas of the grad-cam library, from a single pass of the network.

The library's own loop repeats the whole network forwards and backwards for each class. Here it is
given the feature maps and gradients of :func:`watch` and computes what it
would from its own; it never puts a hook on the network.
"""

import numpy as np
from numpy.typing import NDArray

from leuko.inference.heatmaps.activations import Watched
from leuko.inference.heatmaps.methods import Method
from leuko.models.networks.network import Network


def library_maps(network: Network, watched: Watched, method: Method) -> NDArray[np.float32]:
    """One map a class, in the method's own unit.

    Args:
        network: whose device the library asks for; it is not run.
        watched: one layer's answer to one picture.
        method: any but Grad-CAM and Score-CAM, which are computed elsewhere.

    Returns:
        float32 (K, h, w), not below 0; the same map K times where the method knows no class. A
        position at which the formula has no value, as 0/0, carries no evidence.
    """
    import pytorch_grad_cam as library

    kinds = {
        Method.GRAD_CAM_PLUS_PLUS: library.GradCAMPlusPlus,
        Method.HIRES_CAM: library.HiResCAM,
        Method.LAYER_CAM: library.LayerCAM,
        Method.XGRAD_CAM: library.XGradCAM,
        Method.EIGEN_CAM: library.EigenCAM,
    }
    cam = kinds[method](network, [])  # no target layers, hence no hooks
    try:
        gradients = watched.gradients.cpu().numpy()  # (K, C, h, w)
        n_classes = len(gradients) if method.by_class else 1
        maps = watched.maps.cpu().numpy()[None].repeat(n_classes, axis=0)  # (K, C, h, w)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            signed = cam.get_cam_image(None, None, None, maps, gradients, eigen_smooth=False)
    finally:
        cam.activations_and_grads.release()
    positive = np.maximum(np.nan_to_num(signed, nan=0.0, posinf=0.0, neginf=0.0), 0)
    repeated: NDArray[np.float32] = positive.repeat(len(gradients) // n_classes, axis=0)
    return repeated.astype(np.float32, copy=False)
