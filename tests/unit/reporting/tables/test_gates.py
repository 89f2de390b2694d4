"""Tables of the gates, as the Performance page shows them."""

from leuko.inspection.quality.reference_ranges import JUDGED
from leuko.reporting.tables.gates import QUALITY_NAMES


def test_every_measure_that_is_judged_has_a_name_for_people():
    assert set(QUALITY_NAMES) == set(JUDGED)
