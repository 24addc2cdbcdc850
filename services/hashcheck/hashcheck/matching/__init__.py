"""Exact search among listed hashes: a library of five names, without database or network.

    warm()                                        # compiles; nothing later does
    index = Index.build("pdq", digests)           # 32 bytes per hash, or an array of rows
    index.save(Path("pdq-7"))                     # a snapshot directory
    index = Index.install(Path("pdq-7"), here)    # every file compared with its SHA-256
    index = Index.open(here)                      # header and sizes checked, files mapped
    query, row, distance = index.search(batch, radius=20)
    listed = AmendedIndex(index).amended(added=more_digests, revoked=[3, 14])

Every search returns exactly what comparing with every row would. `docs/matching.md` proves it,
and says what it costs.
"""

from hashcheck.matching.amended import AmendedIndex
from hashcheck.matching.index import Index
from hashcheck.matching.matches import Matches
from hashcheck.matching.snapshot import DamagedSnapshot
from hashcheck.matching.warming import warm

__all__ = ["AmendedIndex", "DamagedSnapshot", "Index", "Matches", "warm"]
