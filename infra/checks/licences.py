"""Lists the licence of every installed package and refuses one that EUPL-1.2 cannot go with.

Compatible are permissive licences, the weak copyleft ones used as unchanged libraries, and those
in the appendix of EUPL-1.2. What a package says of itself is read from its metadata.
"""

import re
import sys
from importlib.metadata import Distribution, distributions

OUR_OWN = {
    "shared",
    "imaging",
    "hotline",
    "helpline",
    "prevention",
    "hashcheck",
    "offlimits-hashcheck",
    "gateway",
}

COMPATIBLE = re.compile(
    r"\b(MIT|MIT-CMU|BSD|0BSD|Apache|ISC|PSF|Python-2\.0|CNRI|MPL|Mozilla|LGPL|Lesser General"
    r"|EUPL|Unlicense|Public Domain|Zlib|HPND|PostgreSQL|WTFPL|CC0)",
    re.IGNORECASE,
)
# Packages whose metadata names no licence, with the licence file's own words.
KNOWN = {"axe-playwright-python": "MIT AND MPL-2.0", "whoisit": "BSD-3-Clause"}


def licence_of(package: Distribution) -> str:
    """The SPDX expression, the classifiers, or the first words of the licence field."""
    name = package.metadata["Name"].lower()
    expression = package.metadata.get_all("License-Expression") or []
    classifiers = package.metadata.get_all("Classifier") or []
    named = [c.rsplit(" :: ", 1)[1] for c in classifiers if c.startswith("License ::")]
    field = "".join(package.metadata.get_all("License") or []).strip().splitlines()
    stated = expression or [", ".join(named)] if expression or named else field
    return stated[0] if stated else KNOWN.get(name, "")


def main() -> int:
    packages = {d.metadata["Name"].lower(): licence_of(d) for d in distributions()}
    refused = 0
    for name, licence in sorted(packages.items()):
        if name in OUR_OWN:
            continue
        fits = bool(COMPATIBLE.search(licence))
        refused += not fits
        print(f"{'  ' if fits else 'NO'} {name:32} {licence[:60] or 'not stated'}")
    print(f"{len(packages)} packages, {refused} with a licence that does not fit EUPL-1.2")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
