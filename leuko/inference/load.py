"""One model by its name, ready to be asked: what programs use in the place of the pages."""

from pathlib import Path
from typing import TYPE_CHECKING

from leuko.models.store import list_models

if TYPE_CHECKING:
    from leuko.inference.classifier import Classifier


def load_model(name: str, weights: str | Path | None = None, device: str = "auto") -> "Classifier":
    """Verify and load an installed model by its name.

    Args:
        name: id of the model, which is the name of its folder, such as ``mobilenetv2-taleqani``;
            see :func:`leuko.list_models`.
        weights: folder that holds the model folders; by default the setting ``LEUKO_WEIGHTS``,
            else ``weights/`` of the checkout.
        device: ``auto`` (CUDA, else Apple MPS, else CPU) or a torch device such as ``cuda:1``.

    Returns:
        The model in memory. Its ``classify`` takes pictures as uint8 (H, W, 3), RGB, of any size,
        and gives one :class:`leuko.inference.result.Result` a picture; see docs/API.md.

    Raises:
        ModelNotFoundError: when no model of that name is installed; names those that are.
        CardError, WeightsError, GatesError: when its folder is not in order, or holds results only.
        DeviceError: when the device is not there.
    """
    model = list_models(weights).get(name)
    from leuko.inference.classifier import Classifier  # brings PyTorch in

    return Classifier.load(model, device)
