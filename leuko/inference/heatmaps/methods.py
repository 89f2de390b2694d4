"""The methods that a heatmap can be made with, and the layers it can be read from; no torch."""

from dataclasses import dataclass
from enum import StrEnum

LOGIT_UNITS = "logit units"


class Method(StrEnum):
    """How evidence is computed from a network's feature maps.

    All ask how the feature maps of one layer bear on the score (logit) of a class. Source of the
    formulas: the paper that each ``meaning`` is followed by in :data:`SOURCES`.
    """

    GRAD_CAM = "grad-cam"
    GRAD_CAM_PLUS_PLUS = "grad-cam++"
    HIRES_CAM = "hirescam"
    LAYER_CAM = "layercam"
    XGRAD_CAM = "xgrad-cam"
    EIGEN_CAM = "eigen-cam"
    SCORE_CAM = "score-cam"

    @property
    def title(self) -> str:  # type: ignore[override]  # str has a method of this name
        """Its name as its authors write it."""
        return _TITLES[self]

    @property
    def meaning(self) -> str:
        """What its map shows, in one sentence for a pathologist."""
        return _MEANINGS[self]

    @property
    def by_class(self) -> bool:
        """Whether it answers for one class; Eigen-CAM knows no class."""
        return self is not Method.EIGEN_CAM

    @property
    def absolute(self) -> bool:
        """Whether strengths may be compared between classes and pictures, having one unit."""
        return _UNITS[self] == LOGIT_UNITS

    @property
    def unit(self) -> str:
        """What the strength of its map is measured in, in words."""
        return _UNITS[self]

    @property
    def slow(self) -> bool:
        """Whether it asks the network once for each feature map, hundreds of times a picture."""
        return self is Method.SCORE_CAM


@dataclass(frozen=True)
class Layer:
    """A layer that heatmaps can be read from.

    Attributes:
        name: dotted name of the module inside the network's body.
        title: its resolution and place in plain words.
        size: (height, width) of its maps over the network's square.
        channels: number of its feature maps; Score-CAM asks the network about once for each.
    """

    name: str
    title: str
    size: tuple[int, int]
    channels: int = 0


_TITLES = {
    Method.GRAD_CAM: "Grad-CAM",
    Method.GRAD_CAM_PLUS_PLUS: "Grad-CAM++",
    Method.HIRES_CAM: "HiResCAM",
    Method.LAYER_CAM: "LayerCAM",
    Method.XGRAD_CAM: "XGrad-CAM",
    Method.EIGEN_CAM: "Eigen-CAM",
    Method.SCORE_CAM: "Score-CAM",
}

_MEANINGS = {
    Method.GRAD_CAM: (
        "Where patterns lie that raise the score of the class, each pattern weighted by how much "
        "it raises the score on average over the picture."
    ),
    Method.GRAD_CAM_PLUS_PLUS: (
        "As Grad-CAM, but places where a pattern raises the score count more, so that several "
        "cells of one kind are all marked."
    ),
    Method.HIRES_CAM: (
        "Where patterns raise the score of the class at their very place, without averaging over "
        "the picture."
    ),
    Method.LAYER_CAM: (
        "Where patterns raise the score of the class at their very place; whatever lowers it is "
        "left out, which makes it the finest on finer layers."
    ),
    Method.XGRAD_CAM: (
        "As Grad-CAM, but each pattern is weighted by its effect on the score where it is present."
    ),
    Method.EIGEN_CAM: (
        "Where the network's patterns vary most in this picture, whatever the class; it may mark "
        "the background as well as the cells."
    ),
    Method.SCORE_CAM: (
        "Where patterns lie that keep the score of the class high when all else is dimmed; it is "
        "slow, as the network is asked once for each pattern."
    ),
}

_UNITS = {
    Method.GRAD_CAM: LOGIT_UNITS,
    Method.GRAD_CAM_PLUS_PLUS: "no unit, relative within one map",
    Method.HIRES_CAM: LOGIT_UNITS,
    Method.LAYER_CAM: LOGIT_UNITS,
    Method.XGRAD_CAM: LOGIT_UNITS,
    Method.EIGEN_CAM: "strength of the network's response, relative within one map",
    Method.SCORE_CAM: "strength of the network's response, relative within one map",
}

SOURCES = {
    Method.GRAD_CAM: "Selvaraju et al. (2017), Grad-CAM, ICCV",
    Method.GRAD_CAM_PLUS_PLUS: "Chattopadhyay et al. (2018), Grad-CAM++, WACV",
    Method.HIRES_CAM: "Draelos and Carin (2020), HiResCAM, arXiv:2011.08891",
    Method.LAYER_CAM: "Jiang et al. (2021), LayerCAM, IEEE Trans. Image Process. 30:5875-5888",
    Method.XGRAD_CAM: "Fu et al. (2020), Axiom-based Grad-CAM, BMVC",
    Method.EIGEN_CAM: "Muhammad and Yeasin (2020), Eigen-CAM, IJCNN",
    Method.SCORE_CAM: "Wang et al. (2020), Score-CAM, CVPR workshops",
}
"""Where the formula of each method was published."""
