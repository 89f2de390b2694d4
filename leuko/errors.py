"""Every error that a user can cause, in one tree.

LeukoError
├── ImageError        a file that cannot be read as a picture
├── CardError         a model card that is missing, malformed or too new
├── WeightsError      a weight file that is missing, altered, of another shape or not finite
├── ModelNotFoundError  a model id that is not installed
├── DatasetError      a data-set folder that is missing or not as published
├── SplitError        a split that would let one group stand on both sides
├── RecipeError       a training recipe that is malformed
├── PredictionsError  stored predictions that cannot be used
├── ExplainReportError  a stored report on heatmaps that cannot be used
├── GatesError        gates of a model that are altered or cannot be fitted
├── LabelsError       a table of labels that cannot be used
├── HeatmapError      a heatmap that cannot be made as asked
└── DeviceError       a computing device that is not there

The message says what was expected, what was found and what mends it. Anything that is not a
``LeukoError`` is a bug of ours.
"""


class LeukoError(Exception):
    """Base of all errors that a user can cause; its text is shown to the user as it is."""


class ImageError(LeukoError):
    """A file that cannot be read as a picture.

    Attributes:
        file_name: name of the file, safe to show but not escaped.
        reason: the sentence without the file name.
    """

    def __init__(self, file_name: str, reason: str) -> None:
        super().__init__(f"{file_name}: {reason}")
        self.file_name = file_name
        self.reason = reason


class CardError(LeukoError):
    """A model card that is missing, malformed or written by a newer version."""


class WeightsError(LeukoError):
    """A weight file that is missing, altered, of another shape than its card says or not finite."""


class ModelNotFoundError(LeukoError):
    """A model id that names no installed model."""


class DatasetError(LeukoError):
    """A data-set folder that is missing or not laid out as published."""


class SplitError(LeukoError):
    """A split that would let one group, or copies of one picture, stand on two sides."""


class RecipeError(LeukoError):
    """A training recipe that is malformed or asks for what does not exist."""


class PredictionsError(LeukoError):
    """A table of stored predictions that cannot be used."""


class ExplainReportError(LeukoError):
    """A stored report on the heatmaps of a model that cannot be used."""


class GatesError(LeukoError):
    """Gates of a model whose file was altered, or that cannot be fitted to these pictures."""


class LabelsError(LeukoError):
    """A user's table of labels that cannot be used."""


class HeatmapError(LeukoError):
    """A heatmap that was asked for from a layer, or in a way, that the model does not have."""


class DeviceError(LeukoError):
    """A computing device that was asked for and is not there."""
