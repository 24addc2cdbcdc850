"""A process that prints what it is told, as none of the platform's may."""

import sys

sys.stdout.write(" ".join(sys.argv[1:]))
