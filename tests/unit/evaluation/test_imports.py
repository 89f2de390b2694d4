import subprocess
import sys

import pytest

from tests.unit.test_floors import modules_of


@pytest.mark.parametrize("heavy", ["torch", "sklearn", "plotly", "pandas", "scipy", "streamlit"])
def test_importing_evaluation_loads_nothing_heavy(heavy):
    modules = modules_of("evaluation")
    assert modules
    lines = [f"import {name}" for name in modules]
    code = "\n".join([*lines, "import sys", f"assert {heavy!r} not in sys.modules"])
    subprocess.run([sys.executable, "-c", code], check=True)
