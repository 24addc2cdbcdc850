"""Ends at once: well, or with the words it is given."""

import sys

sys.exit(" ".join(sys.argv[1:]) or 0)
