"""Entry of ``python -m leuko``."""

import sys

from leuko.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
