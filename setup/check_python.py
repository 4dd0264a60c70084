"""Say in one sentence what is wrong with this Python, before anything else fails less clearly."""

import importlib.util
import sys

FIRST, LAST = (3, 11), (3, 13)
found = "%d.%d" % sys.version_info[:2]  # this file must run on any Python 3
if sys.version_info[:2] < FIRST or sys.version_info[:2] > LAST:
    sys.exit(
        "Thangdee needs Python 3.11, 3.12 or 3.13; this is %s. Name another one: make demo PYTHON=python3.11" % found
    )
for module in ("venv", "ensurepip"):
    if importlib.util.find_spec(module) is None:
        sys.exit("This Python cannot make environments. On Debian or Ubuntu: apt-get install python%s-venv" % found)
