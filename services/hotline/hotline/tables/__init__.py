"""The hotline's tables: columns, constraints, indexes; no behaviour. One file per noun."""

from hotline.tables.assessment import Assessment, EntryWithdrawal
from hotline.tables.exposure import ViewEvent
from hotline.tables.hosting import AbuseContact, HostingFact, HostingProvider, IpNetwork
from hotline.tables.parent import Table, hotline_registry
from hotline.tables.picture import HashMatch, Picture
from hotline.tables.removal import OnlineCheck, RemovalCase
from hotline.tables.report import Report, ReportUrl
from hotline.tables.takedown import NoticeMail, TakedownNotice
from hotline.tables.url import PageLink, Url

__all__ = [
    "AbuseContact",
    "Assessment",
    "EntryWithdrawal",
    "HashMatch",
    "HostingFact",
    "HostingProvider",
    "IpNetwork",
    "NoticeMail",
    "OnlineCheck",
    "PageLink",
    "Picture",
    "RemovalCase",
    "Report",
    "ReportUrl",
    "Table",
    "TakedownNotice",
    "Url",
    "ViewEvent",
    "hotline_registry",
]
