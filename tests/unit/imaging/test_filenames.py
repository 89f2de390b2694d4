import pytest

from leuko.imaging.filenames import (
    WINDOWS_DEVICES,
    display_name,
    download_name,
    name_key,
    one_spelling,
)


def test_an_ordinary_name_is_shown_as_it_is():
    assert display_name("Patient 7, Größe 2 – Zelle.png") == "Patient 7, Größe 2 – Zelle.png"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("cell\u202egnp.exe", "cellgnp.exe"),
        ("a\u2066b\u2069c\u200f.png", "abc.png"),
        ("a\nb\r\tc\u2028d.png", "a b c d.png"),
        ("a\0\x1b\x7f\x9bb.png", "ab.png"),
        ("a\ud800b.png", "ab.png"),
        ("a\ufeff\u200bb.png", "ab.png"),
        ("", "unnamed file"),
        ("\u202e\0 ", "unnamed file"),
    ],
)
def test_what_deceives_or_breaks_the_line_is_removed(name, shown):
    assert display_name(name) == shown


def test_markup_is_neither_escaped_nor_unescaped():
    assert display_name("<b>&lt;i&gt;</b>.png") == "<b>&lt;i&gt;</b>.png"


def test_a_long_name_keeps_its_start_and_its_ending():
    shown = display_name("a" * 200 + "-7.png", max_chars=21)
    assert shown == "aaaaaaaaaa…aaaa-7.png"
    assert len(display_name("x" * 81)) == 80
    assert display_name("x" * 80) == "x" * 80
    assert display_name("abcdef", 3) == "a…f"
    with pytest.raises(ValueError, match="at least 3"):
        display_name("abc", 2)


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("cell.png", "cell-heat.png"),
        ("archive.zip/inner/cell 7.BMP", "cell_7-heat.png"),
        ("..\\..\\windows\\cell.bmp", "cell-heat.png"),
        ("/etc/passwd", "passwd-heat.png"),
        ("../../.png", "picture-heat.png"),
        (".hidden", "hidden-heat.png"),
        ("...", "picture-heat.png"),
        ("", "picture-heat.png"),
        ("細胞.png", "picture-heat.png"),
        ("Größe é.tif", "Groe_e-heat.png"),
        ('a<b>c:d"e|f?g*.png', "abcdefg-heat.png"),
        ("a\0b\nc\x7f.png", "abc-heat.png"),
        ("slide.2024.05.tiff", "slide.2024.05-heat.png"),
        ("con.png", "picture_con-heat.png"),
        ("NUL.tar.png", "picture_NUL.tar-heat.png"),
    ],
)
def test_a_download_gets_a_safe_name(name, saved):
    assert download_name(name, "-heat.png", set()) == saved


def test_no_windows_device_is_ever_named():
    for device in WINDOWS_DEVICES:
        saved = download_name(f"{device.upper()}.png", ".png", set())
        assert saved.removesuffix(".png").casefold() not in WINDOWS_DEVICES


def test_names_are_unique_whatever_their_case():
    taken = set()
    names = [download_name(name, ".png", taken) for name in ("a.bmp", "A.png", "x/a.jpg")]
    assert names == ["a.png", "A_2.png", "a_3.png"]
    assert taken == set(names)


def test_a_long_name_is_cut():
    assert len(download_name("x" * 500 + ".png", "-heat.png", set())) < 120


@pytest.mark.parametrize(
    ("one", "other"),
    [("ä", "a\u0308"), ("Größe", "GRÖSSE"), ("É", "e\u0301"), ("ｶﾞ", "ｶﾞ"), ("Å", "\u212b")],
)
def test_spellings_of_one_name_share_a_key(one, other):
    assert name_key(one) == name_key(other)


def test_one_spelling_keeps_case_and_joins_letters_with_their_accents():
    assert one_spelling("A\u0308") == "Ä"
    assert one_spelling("Ä") != one_spelling("ä")
