import pytest

from leuko.text_files import EncodingError, decode_text


@pytest.mark.parametrize("text", ["", "a = 1\n", "Größe 白 🔬"])
def test_utf_8_is_read_with_a_byte_order_mark_and_without(text):
    assert decode_text(text.encode()) == decode_text(text.encode("utf-8-sig")) == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_other_unicode_is_refused_by_its_name(encoding):
    mark = "\ufeff" if encoding.endswith("be") else ""
    with pytest.raises(
        EncodingError, match=rf"it is {encoding[:6].upper()} text: save it as UTF-8"
    ):
        decode_text((mark + "a = 1").encode(encoding))


def test_any_other_encoding_is_refused_with_its_line():
    with pytest.raises(EncodingError, match="line 2 is not UTF-8 text: save it as UTF-8"):
        decode_text("a = 1\nb = 'Größe'\n".encode("cp1252"))
