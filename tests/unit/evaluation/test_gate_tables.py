"""Tables of the gates, as the Performance page shows them."""

from leuko.evaluation.gate_tables import QUALITY_NAMES
from leuko.inspection.quality.reference_ranges import JUDGED


def test_every_measure_that_is_judged_has_a_name_for_people():
    assert set(QUALITY_NAMES) == set(JUDGED)
