"""What a difference or a refusal sets off: a line in the log at once, and a mail to administrators."""

from __future__ import annotations

import structlog

from andante.engagement.operations import Alarm, warn_administrators
from andante.ledger.queries import Verification
from andante.ledger.verification import Report
from andante.ledger.witnessing import Asked, Refusal

log = structlog.get_logger("andante.alarms")


def tell_report(report: Report) -> None:
    """Log what differs."""
    if not report.sound:
        findings = [str(finding) for finding in report.findings]
        log.error("database-differs", findings=findings, count=len(findings))


def on_difference(verification: Verification) -> None:
    """Mail that the database differs; in the transaction that records it."""
    values = {"findings": verification.findings, "places": list(verification.places)}
    warn_administrators(Alarm("database_differs", str(verification.id), values))


def on_refusal(refusal: Refusal) -> None:
    """Mail that a witness refuses; in the transaction that records it."""
    new = refusal.fact.body["new"]
    values = {"witness": new["witness"], "because": str(refusal.because), "seen": refusal.seen}
    warn_administrators(Alarm("witness_refused", str(refusal.fact.id), values))


def tell_asked(asked: Asked) -> None:
    """Log what came of asking a witness, as loud as it is."""
    if asked.refused:
        log.error("witness-refused", witness=asked.witness, problem=asked.problem)
    elif asked.late:
        log.error("witness-late", witness=asked.witness, problem=asked.problem)
    elif asked.problem:
        log.warning("witness-did-not-answer", witness=asked.witness, problem=asked.problem)
    elif asked.lost:
        log.error(
            "witness-lost-checkpoints",
            witness=asked.witness,
            problem="It had agreed with more records than it remembers. Was its file or folder replaced?",
        )
