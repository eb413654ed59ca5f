"""The only writer of rows about reminders."""

from datetime import datetime
from uuid import UUID

from andante.engagement.models import Nudge
from andante.engagement.statements import NUDGE_ASKED, NUDGE_SENT, is_nudge_fact
from andante.ledger.statements import Fact

EXPLAINED = (Nudge,)
UNEXPLAINED: dict[str, str] = {}


def apply(fact: Fact) -> None:
    """Write what the fact explains. Facts of other packages explain nothing here."""
    if not is_nudge_fact(fact):
        return
    new = fact.body["new"]
    if fact.verb == NUDGE_ASKED:
        Nudge.objects.create(
            id=UUID(new["nudge"]),
            person_id=UUID(fact.object.removeprefix("person:")),
            manager_id=UUID(new["manager"]),
            assignment_id=UUID(new["assignment"]),
            title=new["title"],
            note=new["note"],
            asked_at=fact.timestamp,
            goes_at=datetime.fromisoformat(new["goes_at"]),
        )
    elif fact.verb == NUDGE_SENT:
        Nudge.objects.filter(id=new["nudge"]).update(sent_at=fact.timestamp)
    else:
        Nudge.objects.filter(id=new["nudge"]).update(not_sent_at=fact.timestamp, not_sent_because=new["because"])
