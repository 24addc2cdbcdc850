"""The tables of the Hash Check Service: columns, constraints, indexes; no behaviour."""

from hashcheck.tables.check import CheckCount, ClientTerms, Hit, HitReport, Quarantine
from hashcheck.tables.client import (
    AccessLink,
    ClientContact,
    ClientSession,
    HeldClient,
    KeyTerms,
    KeyUse,
    ProbeAlarm,
    WatchedHour,
)
from hashcheck.tables.entry import THE_VERSION, Change, Entry, EntryHashes, HashList, ListVersion
from hashcheck.tables.parent import Table, hashcheck_registry
from hashcheck.tables.partner import Honeypot, Incoming, ListImport, PartnerKey

__all__ = [
    "THE_VERSION",
    "AccessLink",
    "Change",
    "CheckCount",
    "ClientContact",
    "ClientSession",
    "ClientTerms",
    "Entry",
    "EntryHashes",
    "HashList",
    "HeldClient",
    "Hit",
    "HitReport",
    "Honeypot",
    "Incoming",
    "KeyTerms",
    "KeyUse",
    "ListImport",
    "ListVersion",
    "PartnerKey",
    "ProbeAlarm",
    "Quarantine",
    "Table",
    "WatchedHour",
    "hashcheck_registry",
]
