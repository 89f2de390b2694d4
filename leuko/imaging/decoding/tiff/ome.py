"""What the OME-XML of a TIFF says about its first picture: channels, and which page holds which.

Read as a stream with the standard library's expat: nothing is built in memory but what is kept, and
a document type, which is how entities come in, ends the reading.

Source: OME-TIFF specification and schema 2016-06, openmicroscopy.org.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from leuko.imaging.decoding.to_rgb8 import UnreadableError

MAX_XML_CHARS = 16 * 1024 * 1024
MAX_BLOCKS = 100_000
DAMAGED_OME = (
    "The OME description of this TIFF cannot be read, so what its pages show is not known. "
    "Export the picture as PNG or as an 8-bit RGB TIFF."
)
CONFOCAL = (
    "Confocal",
    "MultiPhoton",
    "TIRF",
    "FLIM",
    "PALM",
    "STORM",
    "STED",
    "LightSheet",
    "SPIM",
)
_WORD = 0xFFFFFFFF


@dataclass(frozen=True)
class Channel:
    """One channel of a microscope's picture.

    Attributes:
        name: as the file gives it, empty without one.
        colour: (red, green, blue), 0 to 255, in which it is to be shown; None without one.
        fluorescent: whether the file says that it was taken by fluorescence.
    """

    name: str = ""
    colour: tuple[int, int, int] | None = None
    fluorescent: bool = False


@dataclass
class OmePicture:
    """The first picture of an OME-TIFF.

    Attributes:
        width_px: width; height_px: height; zero when the file gives none.
        order: axes from the fastest to the slowest, of the letters C, Z and T.
        sizes: length of each of these axes; that of C counts samples.
        channels: in the order of the file.
        samples: samples of each channel element, 3 where a channel is an RGB picture.
        blocks: (first page, number of planes or None for all, first C, Z and T, identity of file).
        identity: that of this file, empty without one.
        significant_bits: bits of a sample that hold values, where the file says so.
    """

    width_px: int = 0
    height_px: int = 0
    order: str = "CZT"
    sizes: dict[str, int] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)
    samples: int = 1
    blocks: list[tuple[int, int | None, dict[str, int], str]] = field(default_factory=list)
    identity: str = ""
    significant_bits: int | None = None

    @property
    def planes_of_channels(self) -> int:
        """Channels that are planes of their own."""
        return max(1, self.sizes.get("C", 1) // max(1, self.samples))

    def page_of_channel(self, channel: int) -> int:
        """Page that shows a channel at the first focus and the first time.

        Raises:
            UnreadableError: when it lies in another file.
        """
        lengths = {**self.sizes, "C": self.planes_of_channels}
        plane = self._plane({"C": channel, "Z": 0, "T": 0}, lengths)
        home = self.identity or (self.blocks[0][3] if self.blocks else "")
        for first_page, count, start, identity in self.blocks:
            first = self._plane(start, lengths)
            last = plane if count is None else first + count - 1
            if first_page >= 0 and first <= plane <= last and identity in ("", home):
                return first_page + plane - first
        if self.blocks:
            raise UnreadableError(
                "The channels of this OME-TIFF lie in several files. Export the picture as PNG or "
                "as an 8-bit RGB TIFF."
            )
        return plane

    def _plane(self, place: dict[str, int], lengths: dict[str, int]) -> int:
        number, stride = 0, 1
        for axis in self.order:
            number += stride * place.get(axis, 0)
            stride *= max(1, lengths.get(axis, 1))
        return number


def looks_like_ome(description: str) -> bool:
    """Whether the description of a TIFF page is, or once was, OME-XML."""
    start = description.lstrip("\ufeff \t\r\n")[:2000]
    return start.startswith("<") and ("<OME" in start or ":OME" in start)


def read_ome(description: str) -> OmePicture | None:
    """Read OME-XML.

    Args:
        description: the description of the first page.

    Returns:
        What it says about the first picture; None when it only points at another file.

    Raises:
        UnreadableError: when it is malformed, huge, or has a document type.
    """
    if len(description) > MAX_XML_CHARS:
        raise UnreadableError(DAMAGED_OME)
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(description.lstrip("\ufeff \t\r\n").rstrip("\0"), True)
    except (expat.ExpatError, ValueError) as error:
        raise UnreadableError(DAMAGED_OME) from error
    return reader.picture if reader.pictures and not reader.elsewhere else None


def _refuse(*_: object) -> None:
    raise UnreadableError(DAMAGED_OME)


class _Reader:
    """Collects what is kept while expat walks through the elements."""

    def __init__(self) -> None:
        self.picture = OmePicture()
        self.pictures = 0
        self.elsewhere = False
        self.in_identity = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "OME":
            self.picture.identity = attributes.get("UUID", "").strip().lower()
        elif local == "BinaryOnly":
            self.elsewhere = True
        elif local == "Pixels":
            self.pictures += 1
        if self.pictures != 1:
            return
        if local == "Pixels":
            self._pixels(attributes)
        elif local == "Channel":
            self._channel(attributes)
        elif local == "TiffData":
            self._block(attributes)
        self.in_identity = local == "UUID"

    def end(self, name: str) -> None:
        if name.rpartition(" ")[2] == "UUID":
            self.in_identity = False

    def text(self, text: str) -> None:
        if self.in_identity and self.picture.blocks:
            first_page, count, start, identity = self.picture.blocks[-1]
            block = (first_page, count, start, identity + text.strip().lower())
            self.picture.blocks[-1] = block

    def _pixels(self, attributes: dict[str, str]) -> None:
        picture = self.picture
        picture.width_px = int(attributes.get("SizeX", 0))
        picture.height_px = int(attributes.get("SizeY", 0))
        picture.sizes = {axis: int(attributes.get(f"Size{axis}", 1)) for axis in "CZT"}
        order = attributes.get("DimensionOrder", "XYCZT").removeprefix("XY")
        if sorted(order) != sorted("CZT"):
            raise UnreadableError(DAMAGED_OME)
        picture.order = order
        bits = int(attributes.get("SignificantBits", 0))
        picture.significant_bits = bits if bits > 0 else None

    def _channel(self, attributes: dict[str, str]) -> None:
        number = int(attributes["Color"]) & _WORD if "Color" in attributes else None
        colour = None if number is None else (number >> 24, number >> 16 & 255, number >> 8 & 255)
        fluorescent = (
            attributes.get("ContrastMethod") == "Fluorescence"
            or "Fluor" in attributes
            or any(word in attributes.get("AcquisitionMode", "") for word in CONFOCAL)
        )
        self.picture.samples = int(attributes.get("SamplesPerPixel", self.picture.samples))
        if len(self.picture.channels) < MAX_BLOCKS:
            self.picture.channels.append(Channel(attributes.get("Name", ""), colour, fluorescent))

    def _block(self, attributes: dict[str, str]) -> None:
        if len(self.picture.blocks) >= MAX_BLOCKS:
            raise UnreadableError(DAMAGED_OME)
        count = 1 if "IFD" in attributes else None
        if "PlaneCount" in attributes:
            count = int(attributes["PlaneCount"])
        start = {axis: int(attributes.get(f"First{axis}", 0)) for axis in "CZT"}
        self.picture.blocks.append((int(attributes.get("IFD", 0)), count, start, ""))
