"""Texts that Markdown would draw as something else."""

import pytest

from leuko.ui.shell.escape import JOINER, plain, plain_label


@pytest.mark.parametrize("escape", [plain, plain_label])
@pytest.mark.parametrize("text", [":material/home:", "a :smile: b", ":+1:", ":streamlit:"])
def test_icons_and_emoji_are_broken_up_without_a_visible_sign(escape, text):
    assert f":{JOINER}" in escape(text)
    assert escape(text).replace("\\", "").replace(JOINER, "") == text


@pytest.mark.parametrize("text", ["a -- b", "a -> b", "a <- b", "a >= b", "a ~= b", "a <-> b"])
def test_arrows_and_dashes_are_broken_up(text):
    assert JOINER in plain(text)


@pytest.mark.parametrize("text", ["12:30:15", "a--b.png", "T: 1", "P(malignant) > 0.5", "Größe"])
def test_other_texts_get_nothing_but_escapes(text):
    assert plain(text).replace("\\", "") == text
    assert plain_label(text).replace("\\", "") == text


@pytest.mark.parametrize("escape", [plain, plain_label])
def test_pictures_links_html_formulas_and_colours_lose_their_meaning(escape):
    escaped = escape("![x](http://e/x.png) <b> **s** $x$ :red[r] `c`")
    for sign in ("\\[", "\\<", "\\*\\*", "\\$", "\\:red\\[", "\\`"):
        assert sign in escaped
