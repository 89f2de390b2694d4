"""Pictures side by side with their words, as one picture to download."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from leuko.imaging.rendering.colormaps import colour_table
from leuko.imaging.rendering.fonts import sheet_font, wrapped
from leuko.imaging.rendering.overlay import DEFAULT_OPACITY, overlay, resize_heat

PANEL_PX, GAP_PX, MARGIN_PX = 460, 28, 32
MOST_PANEL_HEIGHT_PX = 920
ACROSS = 4
HEADING_PX, TITLE_PX, TEXT_PX = 26, 21, 17
LEADING = 1.32
RAMP_PX, BAR_PX = 14, 9
INK, PAPER, TRACK, RIM = "#1B2128", "#FFFFFF", "#E1E4E8", "#8A929B"


@dataclass(frozen=True)
class SheetBar:
    """A fraction with its name.

    Attributes:
        title: what it is of.
        text: the fraction in words.
        share: in [0, 1].
        colour: hexadecimal RGB.
    """

    title: str
    text: str
    share: float
    colour: str


@dataclass(frozen=True)
class SheetPanel:
    """One column: words, the picture under its heatmap, a colour bar, fractions.

    Attributes:
        title: in bold.
        lines: small, below the title.
        headline: in bold, right above the picture.
        heat: float32 (h, w) in [0, 1] over the whole picture; None shows the picture alone.
        captions: small, below the picture.
        peak: strength of the hot end in words; a colour bar is drawn where there is heat.
        bars: fractions, last.
    """

    title: str
    lines: tuple[str, ...] = ()
    headline: str = ""
    heat: NDArray[np.float32] | None = None
    captions: tuple[str, ...] = ()
    peak: str = ""
    bars: tuple[SheetBar, ...] = ()


def draw_sheet(
    pixels: NDArray[np.uint8],
    panels: Sequence[SheetPanel],
    heading: Sequence[str],
    footer: Sequence[str],
    opacity: float = DEFAULT_OPACITY,
) -> NDArray[np.uint8]:
    """Draw one picture once a panel, four panels a row.

    Args:
        pixels: the picture, uint8 (H, W, 3).
        panels: at least one.
        heading: lines above, the first one in bold.
        footer: lines below.
        opacity: of the heatmaps, in [0, 1].

    Returns:
        uint8 (height, width, 3), RGB, dark letters on white.
    """
    picture = _fitted(pixels)
    rows = [panels[start : start + ACROSS] for start in range(0, len(panels), ACROSS)]
    across = min(len(panels), ACROSS)
    width = 2 * MARGIN_PX + across * PANEL_PX + (across - 1) * GAP_PX
    blank = Image.new("RGB", (1, 1))
    measure = ImageDraw.Draw(blank)
    inner = width - 2 * MARGIN_PX

    def whole(pen: "_Pen") -> int:
        pen.words(MARGIN_PX, inner, heading[:1], HEADING_PX, bold=True)
        pen.words(MARGIN_PX, inner, heading[1:], TEXT_PX)
        for row in rows:
            pen.y += GAP_PX // 2
            _draw_row(pen, row, picture, opacity)
        pen.y += GAP_PX // 2
        pen.words(MARGIN_PX, inner, footer, TEXT_PX)
        return pen.y + MARGIN_PX

    height = whole(_Pen(measure, None))
    sheet = Image.new("RGB", (width, height), PAPER)
    whole(_Pen(ImageDraw.Draw(sheet), sheet))
    return np.asarray(sheet)


class _Pen:
    """Writes downwards from ``y``; without a sheet it only measures."""

    def __init__(self, draw: ImageDraw.ImageDraw, sheet: Image.Image | None) -> None:
        self.draw, self.sheet, self.y = draw, sheet, MARGIN_PX

    def words(
        self, x: int, width: int, lines: Sequence[str], size_px: int, *, bold: bool = False
    ) -> None:
        font = sheet_font(size_px, bold=bold)
        for line in lines:
            for part in wrapped(line, width, font):
                if self.sheet is not None:
                    self.draw.text((x, self.y), part, INK, font)
                self.y += round(size_px * LEADING)


def _draw_row(
    pen: _Pen, row: Sequence[SheetPanel], picture: NDArray[np.uint8], opacity: float
) -> None:
    """Part by part, so that what belongs together stands at one height in all panels."""
    for part in (_draw_head, _draw_lines, _draw_headline, _draw_picture, _draw_scale, _draw_bars):
        top = lowest = pen.y
        for place, panel in enumerate(row):
            pen.y = top
            painted = _painted(picture, panel.heat, opacity)
            part(pen, MARGIN_PX + place * (PANEL_PX + GAP_PX), panel, painted)
            lowest = max(lowest, pen.y)
        pen.y = lowest


def _draw_head(pen: _Pen, x: int, panel: SheetPanel, _: NDArray[np.uint8]) -> None:
    pen.words(x, PANEL_PX, [panel.title], TITLE_PX, bold=True)


def _draw_lines(pen: _Pen, x: int, panel: SheetPanel, _: NDArray[np.uint8]) -> None:
    pen.words(x, PANEL_PX, panel.lines, TEXT_PX)


def _draw_headline(pen: _Pen, x: int, panel: SheetPanel, _: NDArray[np.uint8]) -> None:
    if panel.headline:
        pen.y += GAP_PX // 4
        pen.words(x, PANEL_PX, [panel.headline], TITLE_PX, bold=True)


def _draw_picture(pen: _Pen, x: int, _: SheetPanel, painted: NDArray[np.uint8]) -> None:
    pen.y += GAP_PX // 4
    if pen.sheet is not None:
        pen.sheet.paste(Image.fromarray(painted), (x, pen.y))
    pen.y += painted.shape[0] + GAP_PX // 4


def _draw_scale(pen: _Pen, x: int, panel: SheetPanel, _: NDArray[np.uint8]) -> None:
    pen.words(x, PANEL_PX, panel.captions, TEXT_PX)
    if panel.heat is not None:
        _draw_ramp(pen, x)
        pen.words(x, PANEL_PX, ["dark: no evidence", f"bright: maximum, {panel.peak}"], TEXT_PX)


def _draw_bars(pen: _Pen, x: int, panel: SheetPanel, _: NDArray[np.uint8]) -> None:
    pen.y += GAP_PX // 4
    for bar in panel.bars:
        _draw_bar(pen, x, bar)


def _draw_ramp(pen: _Pen, x: int) -> None:
    pen.y += 4
    if pen.sheet is not None:
        ramp = Image.fromarray(colour_table()[None]).resize((PANEL_PX // 2, RAMP_PX))
        pen.sheet.paste(ramp, (x, pen.y))
        pen.draw.rectangle((x, pen.y, x + PANEL_PX // 2, pen.y + RAMP_PX), outline=RIM)
    pen.y += RAMP_PX + 4


def _draw_bar(pen: _Pen, x: int, bar: SheetBar) -> None:
    font = sheet_font(TEXT_PX)
    value_px = round(font.getlength(bar.text))
    if pen.sheet is not None:
        pen.draw.text((x + PANEL_PX - value_px, pen.y), bar.text, INK, font)
    pen.words(x, PANEL_PX - value_px - GAP_PX, [bar.title], TEXT_PX)
    if pen.sheet is not None:
        full = (x, pen.y, x + PANEL_PX, pen.y + BAR_PX)
        pen.draw.rectangle(full, TRACK)
        if bar.share > 0:
            pen.draw.rectangle((*full[:2], x + round(PANEL_PX * bar.share), full[3]), bar.colour)
    pen.y += BAR_PX + 7


def _fitted(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture at the width of a panel, or less where it is very tall."""
    image = Image.fromarray(pixels)
    factor = min(PANEL_PX / image.width, MOST_PANEL_HEIGHT_PX / image.height)
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))


def _painted(
    picture: NDArray[np.uint8], heat: NDArray[np.float32] | None, opacity: float
) -> NDArray[np.uint8]:
    if heat is None:
        return picture
    fitted = resize_heat(heat, (picture.shape[1], picture.shape[0]))
    return overlay(picture, fitted.clip(0.0, 1.0), opacity)
