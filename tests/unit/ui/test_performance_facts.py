import pytest

from leuko.ui.performance_facts import duration, plain


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(12.4, "12 s"), (754, "13 min"), (3600, "1 h 0 min"), (3899, "1 h 5 min")],
)
def test_wall_time_reads_as_a_clock_would_say_it(seconds, words):
    assert duration(seconds) == words


def test_signs_of_markdown_are_escaped():
    assert plain("a_b *c* $d$ `e`") == r"a\_b \*c\* \$d\$ \`e\`"
