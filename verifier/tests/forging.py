"""What forgers do in more than one place, and how a report names what they did."""

from verifier.andante_verify import Report
from verifier.tests.small_log import Bundle, SmallLog, changed


def sentences(report: Report) -> str:
    return "\n".join(one.sentence for one in report.findings)


def name(log: SmallLog, number: int) -> str:
    """A record as findings name it."""
    return f"number {number} (id {log.records[number].id})"


def rewritten(log: SmallLog, number: int) -> Bundle:
    """A bundle in which one record says something else, and its leaf fits it."""
    bundle = log.bundle()
    forged = changed(log.records[number], body=log.records[number].body.replace(b"answered", b"passed"))
    bundle.leaves[number] = (number, forged.entry(log.id))
    bundle.records[number] = (number, forged)
    return bundle


def log_with_another_key() -> SmallLog:
    log = SmallLog(key_name="other")
    log.seal()
    return log
