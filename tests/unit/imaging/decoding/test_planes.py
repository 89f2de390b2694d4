import contextlib
import io

import numpy as np
import pytest
import tifffile

from leuko.errors import ImageError
from tests.unit.imaging.decoding.written_tiffs import (
    PIXELS,
    PLANES,
    decode,
    one_directory,
    reason,
    tiff,
)

FIRST_GREY = np.repeat(PLANES[0][..., None], 3, axis=2)
OTHER = 255 - PLANES
STACKS = {
    "CYX": (PLANES, "1, 2 and 3 of 3"),
    "ZCYX": (np.stack([PLANES, OTHER, OTHER]), "1, 2 and 3 of 9"),
    "CZYX": (np.stack([PLANES, OTHER, OTHER, OTHER], axis=1), "1, 5 and 9 of 12"),
    "TCYX": (np.stack([PLANES, OTHER]), "1, 2 and 3 of 6"),
    "TCZYX": (np.stack([np.stack([PLANES, OTHER], axis=1)] * 2), "1, 3 and 5 of 12"),
    "CTZYX": (
        np.stack([np.stack([PLANES, OTHER], axis=1), np.stack([OTHER] * 2, axis=1)], axis=2),
        "1, 5 and 9 of 12",
    ),
}


def ome(samples=PLANES, axes="CYX", **metadata):
    about = {"axes": axes, **metadata}
    return tiff(samples, ome=True, photometric="minisblack", metadata=about)


def described(body, *, attributes='SizeC="3"', doctype="", **options):
    """Three grey pages, or what the options make of them, under OME-XML of ours."""
    xml = (
        f'<?xml version="1.0"?>{doctype}<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/'
        f'2016-06" UUID="urn:uuid:here"><Image><Pixels SizeX="48" SizeY="64" {attributes}>{body}'
        "</Pixels></Image></OME>"
    )
    return tiff(PLANES, **{"photometric": "minisblack", "description": xml, **options})


def imagej(samples=PLANES, axes="CYX", **metadata):
    return tiff(samples, imagej=True, metadata={"axes": axes, **metadata})


def table(*parts):
    """A look-up table of ImageJ that rises to this colour."""
    return np.stack([np.linspace(0, part, 256) for part in parts]).astype(np.uint8)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"bigtiff": True},
        {"byteorder": ">"},
        {"tile": (16, 32), "compression": "zlib"},
        {"compression": "lzw", "predictor": True, "rowsperstrip": 5},
    ],
)
@pytest.mark.parametrize("axes", STACKS)
def test_the_channels_of_an_ome_tiff_are_its_colours_in_every_order(axes, options):
    samples, pages = STACKS[axes]
    metadata = {"axes": axes}
    data = tiff(samples, ome=True, photometric="minisblack", metadata=metadata, **options)
    picture = decode(data)
    assert np.array_equal(picture.pixels, PIXELS)
    assert picture.notes == (f"Multi-page TIFF: pages {pages} were read as red, green and blue.",)


@pytest.mark.parametrize("axes", STACKS)
def test_axes_that_tifffile_wrote_down_are_read(axes):
    data = tiff(STACKS[axes][0], photometric="minisblack", metadata={"axes": axes})
    assert np.array_equal(decode(data).pixels, PIXELS)


@pytest.mark.parametrize("axes", ["CYX", "ZCYX", "TCYX"])
def test_the_channels_of_an_imagej_hyperstack_are_its_colours(axes):
    assert np.array_equal(decode(imagej(STACKS[axes][0], axes)).pixels, PIXELS)


@pytest.mark.parametrize("kept", [np.uint8, np.uint16])
def test_planes_behind_a_single_directory_are_read_as_imagej_writes_large_stacks(kept):
    samples = PLANES.astype(kept) * kept(1 if kept is np.uint8 else 257)
    data = tiff(samples, imagej=True, byteorder="<", metadata={"axes": "CYX"})
    alone = one_directory(data)
    with tifffile.TiffFile(io.BytesIO(alone)) as file:
        assert len(file.pages) == 1
    assert np.array_equal(decode(alone).pixels, PIXELS)


def test_a_stack_cut_off_before_its_last_plane_is_refused():
    data = one_directory(tiff(PLANES, imagej=True, byteorder="<", metadata={"axes": "CYX"}))
    start = data.index(PLANES[0].tobytes())
    assert "cut off" in reason(data[: start + 5 * PLANES[0].size // 2])


def test_slices_and_times_are_no_colours():
    for data in (
        imagej(axes="ZYX"),
        imagej(axes="TYX"),
        ome(axes="ZYX"),
        ome(axes="TYX"),
        tiff(PLANES, photometric="minisblack"),
        tiff(PLANES, photometric="minisblack", metadata={}),
    ):
        picture = decode(data)
        assert np.array_equal(picture.pixels, FIRST_GREY)
        assert picture.notes == ("Multi-page TIFF: page 1 of 3 was read.",)


def test_slices_that_imagej_labels_by_their_colours_are_colours():
    labels = ["Red", "Green", "Blue"]
    assert np.array_equal(decode(imagej(axes="ZYX", Labels=labels)).pixels, PIXELS)


def test_names_of_channels_give_their_order():
    data = ome(PLANES[[2, 0, 1]], Channel={"Name": ["Blue", "red channel", "G"]})
    assert np.array_equal(decode(data).pixels, PIXELS)


def test_colours_of_channels_give_their_order():
    green, blue, red = 0x00FF00FF, 0x0000FFFF, 0xFF0000FF - (1 << 32)
    data = ome(PLANES[[1, 2, 0]], Channel={"Color": [green, blue, red]})
    assert np.array_equal(decode(data).pixels, PIXELS)
    tables = [table(0, 0, 255), table(0, 255, 0), table(255, 0, 0)]
    assert np.array_equal(decode(imagej(PLANES[::-1].copy(), LUTs=tables)).pixels, PIXELS)


def test_names_of_pages_make_them_colours():
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for place, name in ((2, "Blue"), (0, "Red"), (1, "Green")):
            tags = [(285, "s", 0, name, True)]
            writer.write(PLANES[place], photometric="minisblack", metadata=None, extratags=tags)
    assert np.array_equal(decode(file.getvalue()).pixels, PIXELS)


def test_red_green_and_blue_are_found_among_more_channels():
    names = ["Brightfield", "Red", "Green", "Blue"]
    data = ome(np.concatenate([OTHER[:1], PLANES]), Channel={"Name": names})
    assert np.array_equal(decode(data).pixels, PIXELS)


def test_sixteen_bit_planes_are_scaled_by_one_depth():
    samples = np.zeros((3, 32, 32), np.uint16)
    samples[:, 0, 0] = (100, 4095, 900)
    assert decode(ome(samples)).pixels[0, 0].tolist() == [6, 255, 56]


@pytest.mark.parametrize("count", [2, 4, 5])
def test_channels_that_are_no_colours_are_refused(count):
    samples = np.concatenate([PLANES, PLANES])[:count]
    for data in (ome(samples), imagej(samples)):
        assert f"This TIFF has {count} channels; expected grey, or red, green" in reason(data)


def test_three_channels_of_fluorescence_are_refused_by_name():
    assert "(DAPI, FITC, Cy5) are of fluorescence" in reason(
        ome(Channel={"Name": ["DAPI", "FITC", "Cy5"]})
    )
    dyed = described('<Channel ContrastMethod="Fluorescence"/><Channel/><Channel/>')
    assert "fluorescence" in reason(dyed)
    assert "other than red, green" in reason(
        imagej(LUTs=[table(0, 255, 255), table(255, 0, 255), table(255, 255, 0)])
    )


def test_channels_inside_one_page_are_judged_alike():
    named = [f'<Channel Name="{name}" SamplesPerPixel="1"/>' for name in ("Blue", "Green", "Red")]
    data = described("".join(named), planarconfig="separate")
    assert np.array_equal(decode(data).pixels, PIXELS[..., ::-1])
    dyed = "".join(named).replace("Green", "GFP")
    assert "fluorescence" in reason(described(dyed, planarconfig="separate"))


def test_the_depth_that_ome_xml_states_is_used():
    samples = np.zeros((3, 32, 32), np.uint16)
    samples[:, 0, 0] = (0, 512, 1023)
    options = {"ome": True, "photometric": "minisblack"}
    data = tiff(samples, metadata={"axes": "CYX", "SignificantBits": 10}, **options)
    picture = decode(data)
    assert picture.pixels[0, 0].tolist() == [0, 128, 255]
    assert picture.notes[1] == "10-bit values were scaled to 8 bit."


@pytest.mark.parametrize(
    ("body", "order"),
    [
        ("", [0, 1, 2]),
        ("<TiffData/>", [0, 1, 2]),
        ('<TiffData IFD="0" PlaneCount="3"/>', [0, 1, 2]),
        ('<TiffData FirstC="0" IFD="2"/><TiffData FirstC="1" IFD="0"/>'
         '<TiffData FirstC="2" IFD="1"/>', [2, 0, 1]),
    ],
)  # fmt: skip
def test_the_pages_that_ome_xml_names_are_read(body, order):
    assert np.array_equal(decode(described(body)).pixels, PIXELS[..., order])


def test_channels_in_several_files_are_refused():
    body = "".join(
        f'<TiffData FirstC="{number}" IFD="0"><UUID>urn:uuid:{name}</UUID></TiffData>'
        for number, name in enumerate(["here", "there", "elsewhere"])
    )
    assert "lie in several files" in reason(described(body))


def test_pages_that_are_not_there_are_refused():
    for body in ('<TiffData IFD="7" PlaneCount="3"/>', '<TiffData IFD="-2" PlaneCount="3"/>'):
        assert reason(described(body)).endswith("RGB TIFF.")


def test_a_pointer_to_another_description_is_no_description():
    xml = '<OME xmlns="x"><BinaryOnly MetadataFile="a.ome.xml" UUID="urn:uuid:b"/></OME>'
    picture = decode(tiff(PLANES, photometric="minisblack", description=xml))
    assert picture.notes == ("Multi-page TIFF: page 1 of 3 was read.",)


def test_a_document_type_is_never_followed():
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    assert "OME description of this TIFF cannot be read" in reason(described("&b;", doctype=bomb))


@pytest.mark.parametrize(
    "description",
    ["<OME><Image><Pixels", '<OME><Image><Pixels SizeX="many"/></Image></OME>', "<OME/></OME>"],
)
def test_a_damaged_description_refuses_planes_but_not_a_page_of_colour(description):
    options = {"description": description}
    assert "cannot be read" in reason(tiff(PLANES, photometric="minisblack", **options))
    assert np.array_equal(decode(tiff(PIXELS, photometric="rgb", **options)).pixels, PIXELS)


def test_a_description_of_another_picture_is_passed_over():
    data = ome(np.zeros((3, 20, 20), np.uint8))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        stale = file.ome_metadata
    picture = decode(tiff(PLANES, photometric="minisblack", description=stale))
    assert np.array_equal(picture.pixels, FIRST_GREY)


def test_thumbnails_before_and_after_are_not_the_picture():
    small = PIXELS[::2, ::2]
    before, after = io.BytesIO(), io.BytesIO()
    with tifffile.TiffWriter(before) as writer:
        writer.write(small, photometric="rgb", metadata=None, subfiletype=1)
        writer.write(PIXELS, photometric="rgb", metadata=None)
    with tifffile.TiffWriter(after, ome=True) as writer:
        writer.write(PLANES, photometric="minisblack", metadata={"axes": "CYX"})
        writer.write(small, photometric="rgb", metadata={"Name": "thumbnail"})
    for file in (before, after):
        picture = decode(file.getvalue())
        assert np.array_equal(picture.pixels, PIXELS)
        assert len(picture.notes) == 1


def test_planes_of_different_sizes_are_refused():
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for plane, name in ((PLANES[0], "Red"), (PLANES[1], "Green"), (PLANES[2, :40], "Blue")):
            tags = [(285, "s", 0, name, True)]
            writer.write(plane, photometric="minisblack", metadata=None, extratags=tags)
    assert "differ in size or depth" in reason(file.getvalue())


@pytest.mark.parametrize("write", [ome, imagej])
def test_damage_to_planes_or_their_description_raises_nothing_but_an_image_error(write):
    original = np.frombuffer(write(), np.uint8)
    rng = np.random.default_rng(11)
    read = 0
    for _ in range(200):
        data = original.copy()
        data[rng.integers(0, min(len(data), 1500), 4)] = rng.integers(0, 256, 4)
        with contextlib.suppress(ImageError):
            read += decode(data.tobytes()).pixels.size > 0
    assert read > 0
