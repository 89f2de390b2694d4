import pytest

from leuko.models.card import read_card
from leuko.models.facts import AuditFacts
from leuko.reporting.text.card import audit_facts, data_facts, duration
from leuko.ui.shell.escape import plain
from tests.made_models import make_model_folder


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(12.4, "12 s"), (754, "13 min"), (3600, "1 h 0 min"), (3899, "1 h 5 min")],
)
def test_wall_time_reads_as_a_clock_would_say_it(seconds, words):
    assert duration(seconds) == words


def test_signs_of_markdown_are_escaped():
    assert plain("a_b *c* $d$ `e`") == r"a\_b \*c\* \$d\$ \`e\`"


AUDIT = AuditFacts(
    copies=37,
    near_copies=58,
    near_copies_crossing=24,
    groups_crossing=156,
    examined=2996,
    chance=0.25,
    shortcuts={"background colour": 0.8449, "picture size": 0.25},
)


def test_every_shortcut_is_one_sentence_with_chance_beside_it():
    assert audit_facts(AUDIT) == [
        "58 pairs of pictures look the same without being byte-identical; 24 of them stand on two "
        "sides of the split.",
        "Background colour alone reaches balanced accuracy 0.84 on this data set (chance 0.25).",
        "Picture size alone reaches balanced accuracy 0.25 on this data set (chance 0.25).",
    ]


def test_the_audit_stands_among_the_facts_of_the_data_where_there_is_one(tmp_path):
    bare = read_card(make_model_folder(tmp_path, "bare"))
    assert bare.audit is None
    audited = bare.model_copy(update={"audit": AUDIT})
    assert data_facts(audited) == data_facts(bare) + audit_facts(AUDIT)
