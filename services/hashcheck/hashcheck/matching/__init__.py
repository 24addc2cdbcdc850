"""Exact search of listed hashes: a library of three names, without database or network.

    index = Index([Listed(entry_id, ContentHash(...)), ...], radius)
    index.search([ContentHash(...), ...])  # -> for each, in order, every Found

An index does not change: a new list version is a new index. The result is always what comparing
with every listed hash would give.
"""

from hashcheck.matching.index import Found, Index, Listed

__all__ = ["Found", "Index", "Listed"]
