"""How the classes of a differential count are marked: colour, line and letters.

Colours are those of Okabe and Ito (2008), Color Universal Design, which colour-blind eyes tell
apart; classes of one colour, such as segmented and band neutrophil, differ in the line of their
outline, and every mark has letters besides. The malignant class is vermilion, as in every chart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from leuko import cell_classes as cells

Line = Literal["solid", "dashed", "dotted"]

BLUE_GREEN: Final = "#009E73"
SKY_BLUE: Final = "#56B4E9"
BLUE: Final = "#0072B2"
PURPLE: Final = "#CC79A7"
OCHRE: Final = "#E69F00"
VERMILION: Final = "#D55E00"
YELLOW: Final = "#F0E442"
GREY: Final = "#888888"


@dataclass(frozen=True)
class CellMark:
    """How cells of one class are marked.

    Attributes:
        colour: hexadecimal RGB.
        line: of the outline.
        letters: short for the class.
    """

    colour: str
    line: Line
    letters: str

    @property
    def rgb(self) -> tuple[int, int, int]:
        """``colour`` as channels from 0 to 255."""
        red, green, blue = bytes.fromhex(self.colour[1:])
        return red, green, blue


CELL_MARKS: Final[Mapping[str, CellMark]] = MappingProxyType(
    {
        cells.SEGMENTED: CellMark(BLUE_GREEN, "solid", "SEG"),
        cells.BAND: CellMark(BLUE_GREEN, "dashed", "BAND"),
        cells.EOSINOPHIL: CellMark(PURPLE, "solid", "EOS"),
        cells.BASOPHIL: CellMark(PURPLE, "dashed", "BASO"),
        cells.LYMPHOCYTE: CellMark(BLUE, "solid", "LYM"),
        cells.MONOCYTE: CellMark(SKY_BLUE, "solid", "MONO"),
        cells.PROMYELOCYTE: CellMark(OCHRE, "solid", "PRO"),
        cells.MYELOCYTE: CellMark(OCHRE, "dashed", "MYE"),
        cells.METAMYELOCYTE: CellMark(OCHRE, "dotted", "META"),
        cells.BLAST: CellMark(VERMILION, "solid", "BLAST"),
        cells.ERYTHROBLAST: CellMark(YELLOW, "solid", "ERY"),
        cells.PLATELET: CellMark(YELLOW, "dotted", "PLT"),
    }
)
"""By class, in the order of the ICSH."""
OTHER: Final = CellMark(GREY, "dashed", "?")
"""What has no class, such as "Not classed" and "Not a cell"."""


def mark_of(label: str) -> CellMark:
    """How cells of a label are marked; grey and "?" for what is no class."""
    return CELL_MARKS.get(label, OTHER)
