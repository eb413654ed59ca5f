"""Asking, and handing evidence out. That somebody did is a fact of its own."""

from andante.evidence.extracts import RecordGone, RecordsArchived
from andante.evidence.operations.extracting import (
    CheckpointUnfit,
    NothingSealed,
    RecordUnknown,
    RecordWaits,
    TooManyRecords,
    earlier_checkpoint,
    export_extract,
    export_receipt,
    extract_name,
)
from andante.evidence.operations.files import FileExists, Parcel, keep
from andante.evidence.operations.handing import (
    BundleSummary,
    QuestionRefused,
    QuestionUnknown,
    ask,
    export_bundle,
    export_csv,
    export_evidence,
)
from andante.ledger.queries import TreeIncomplete

__all__ = [
    "BundleSummary",
    "CheckpointUnfit",
    "FileExists",
    "NothingSealed",
    "Parcel",
    "QuestionRefused",
    "QuestionUnknown",
    "RecordGone",
    "RecordUnknown",
    "RecordWaits",
    "RecordsArchived",
    "TooManyRecords",
    "TreeIncomplete",
    "ask",
    "earlier_checkpoint",
    "export_bundle",
    "export_csv",
    "export_evidence",
    "export_extract",
    "export_receipt",
    "extract_name",
    "keep",
]
