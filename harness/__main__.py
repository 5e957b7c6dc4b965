"""`python -m harness` is `bootsmoke`."""

import sys

from harness.cli import main

sys.exit(main())
