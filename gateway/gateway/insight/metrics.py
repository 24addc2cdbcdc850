"""The metrics that are published, each with its unit and what exactly it counts.

A definition is part of the figure: whoever changes the way something is counted changes it here.
"""

from dataclasses import dataclass

from shared.ui.translations import phrase


@dataclass(frozen=True, slots=True)
class Metric:
    """`service` and `field` are the names in the management schema."""

    service: str
    field: str
    label: str
    unit: str
    definition: str
    decimals: int = 0


REPORTS, ADDRESSES = phrase("reports"), phrase("web addresses")
HOURS, CHECKS, HITS = phrase("hours"), phrase("checks"), phrase("hits")

METRICS = (
    Metric(
        "hotline",
        "reportsReceived",
        phrase("Reports received"),
        REPORTS,
        phrase("Reports that came in during the period, from everyone who may report."),
    ),
    Metric(
        "hotline",
        "reportsProcessed",
        phrase("Reports processed"),
        REPORTS,
        phrase("Reports of which the last address got its final verdict during the period."),
    ),
    Metric(
        "hotline",
        "urlsReceived",
        phrase("Web addresses received"),
        ADDRESSES,
        phrase("Different addresses that came in; the same address twice in one report is one."),
    ),
    Metric(
        "hotline",
        "urlsProcessed",
        phrase("Web addresses processed"),
        ADDRESSES,
        phrase("Addresses that got their final verdict during the period."),
    ),
    Metric(
        "hotline",
        "urlsIllegal",
        phrase("Illegal under Dutch law"),
        ADDRESSES,
        phrase("Processed addresses whose final verdict is illegal."),
    ),
    Metric(
        "hotline",
        "hoursOnlineMedian",
        phrase("Time online, median"),
        HOURS,
        phrase("From the first report to the removal that we saw; half of them took longer."),
        decimals=1,
    ),
    Metric(
        "hotline",
        "hoursOnlineMean",
        phrase("Time online, average"),
        HOURS,
        phrase("From the first report to the removal that we saw; a few long ones weigh heavily."),
        decimals=1,
    ),
    Metric(
        "hashCheck",
        "checked",
        phrase("Hashes and pictures checked"),
        CHECKS,
        phrase(
            "What hosting companies and our own hotline had compared with the lists. "
            "A picture is one check, and so is each hash that is sent by itself."
        ),
    ),
    Metric(
        "hashCheck",
        "hits",
        phrase("Hits"),
        HITS,
        phrase("Checks that matched a list. The same picture found twice is two hits."),
    ),
)
