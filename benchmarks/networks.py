"""The networks of the published studies and MobileNetV2, for benchmarks: no data, no weights."""

from leuko.models.card import Architecture, InputSpec, ModelCard
from leuko.models.networks.network import Network, build_network, find_heatmap_layer

CLASSES = ("Benign", "Early", "Pre", "Pro")
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
NETWORKS = {
    "alexnet": ("torchvision", "average"),
    "vgg16_bn": ("torchvision", "average"),
    "vgg19_bn": ("torchvision", "average"),
    "inception_v3": ("timm", "published"),
    "densenet169": ("timm", "published"),
    "efficientnet_b3": ("timm", "published"),
    "resnet18": ("timm", "published"),
    "plain_cnn": ("leuko", "published"),
    "simple_cnn": ("leuko", "published"),
    "mobilenetv2_100": ("timm", "published"),
}
"""By name: who builds it, and its head; a name that is not here is timm's."""


def library_and_head(name: str) -> tuple[str, str]:
    """Who builds a network, and its head."""
    return NETWORKS.get(name, ("timm", "published"))


def build(name: str, side_px: int, n_classes: int = len(CLASSES)) -> Network:
    """A network in evaluation mode with the random weights that torch's seed gives."""
    library, head = library_and_head(name)
    return build_network(library, name, n_classes, head=head, side_px=side_px).eval()  # type: ignore[arg-type]


def card_of(name: str, side_px: int, network: Network) -> ModelCard:
    """A card for a network with random weights."""
    library, head = library_and_head(name)
    raw = {
        "id": "bench", "title": name, "classes": CLASSES, "malignant": CLASSES[1:],
        "architecture": Architecture(
            library=library, name=name, head=head, parameters=1,
            heatmap_layer=find_heatmap_layer(network, side_px),
        ),
        "input": InputSpec(
            kind="field", side_px=side_px, mean=MEAN, std=STD,
            steps=({"step": "fit_square", "side_px": side_px},),
        ),
        "dataset": {"id": "none", "title": "none", "images": 1, "licence": "", "source": ""},
        "split": {
            "policy": "paper", "group_meaning": "", "seed": 0, "sha256": "0" * 64, "train": 0,
            "validation": 0, "test": 0, "test_groups": 0, "left_out": 0, "copies": 0,
        },
        "training": {
            "recipe": {}, "initialisation": "", "epochs": 1, "best_epoch": 1, "seconds": 0,
            "device": "", "library_versions": {}, "finished": "",
        },
        "weights": None, "reduced_precision": True,
    }  # fmt: skip
    return ModelCard.model_validate(raw)
