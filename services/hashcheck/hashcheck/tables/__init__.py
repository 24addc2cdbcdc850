"""The tables of the Hash Check Service: columns, constraints, indexes; no behaviour."""

from hashcheck.tables.client import (
    AccessLink,
    ClientContact,
    ClientSession,
    KeyTerms,
    KeyUse,
    ProbeAlarm,
    WatchedHour,
)
from hashcheck.tables.entry import (
    THE_VERSION,
    Change,
    CheckCount,
    ClientTerms,
    Entry,
    EntryHash,
    HashList,
    Hit,
    HitReport,
    ListVersion,
)
from hashcheck.tables.parent import Table, hashcheck_registry

__all__ = [
    "THE_VERSION",
    "AccessLink",
    "Change",
    "CheckCount",
    "ClientContact",
    "ClientSession",
    "ClientTerms",
    "Entry",
    "EntryHash",
    "HashList",
    "Hit",
    "HitReport",
    "KeyTerms",
    "KeyUse",
    "ListVersion",
    "ProbeAlarm",
    "Table",
    "WatchedHour",
    "hashcheck_registry",
]
