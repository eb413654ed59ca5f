"""
What every duty comes to: the duty, the rule's terms, and the newest completion that counts.

`STANDING_DUTIES` finds it from the rows that facts explain, for any moment. Joining thousands of duties with thousands
of completions is most of what a page about a whole team costs, so the evaluator keeps the answer for now in a table of
its own, with `bring_up_to_date`, and such pages read that.
"""

from collections.abc import Collection

from andante.kernel.arrays import people_rows, uuid_array
from andante.kernel.ids import PersonId
from andante.ledger.prepared import prepared_cursor

# Of each person, requirement and set of terms the newest duty, for a renewal hides what it renews; with the newest
# completion that counts; then how the duty stands by both. The outer joins tell the planner that no duty gets lost:
# it would guess that few are left, and look each of them up. `OFFSET 0` lets what was computed not be computed again.
STANDING_DUTIES = """
    WITH asked AS MATERIALIZED (
        {asked}
    ), rule AS MATERIALIZED (
        SELECT id, requirement_id, number, any_version, form ->> 'course' AS course,
            (form #>> '{renew,every}')::interval AS every, (form #>> '{renew,opens}')::interval AS opens
        FROM obligations_requirementrevision WHERE form IS NOT NULL
    ), done AS NOT MATERIALIZED (
        SELECT c.person_id, c.course_id AS course, c.version, c.completed_at
        FROM asked JOIN learning_completion c USING (person_id)
        WHERE c.completed_at <= %(at)s
    ), stands AS (
        SELECT DISTINCT ON (a.person_id, a.requirement_id, a.revision)
            a.id, a.person_id, a.requirement_id, a.begins_at, a.due_at, a.assigned_at,
            r.course, r.every, r.opens, d.completed_at
        FROM asked
        JOIN obligations_assignment a USING (person_id)
        LEFT JOIN rule r ON r.requirement_id = a.requirement_id AND r.number = a.revision
        LEFT JOIN done d ON d.person_id = a.person_id AND d.course = r.course
            AND (r.any_version OR (r.id, d.version) IN (SELECT revision_id, version FROM obligations_acceptedversion))
        WHERE a.assigned_at <= %(at)s
            AND (a.withdrawn_at IS NULL OR a.withdrawn_at > %(at)s)
        ORDER BY a.person_id, a.requirement_id, a.revision, a.renews IS NULL, a.due_at DESC, a.id,
            d.completed_at DESC NULLS LAST
    ), dated AS (
        SELECT id, person_id, requirement_id, course, begins_at, due_at, assigned_at, completed_at,
            (completed_at AT TIME ZONE INTERVAL '0' + every) AT TIME ZONE INTERVAL '0' AS valid_until,
            (completed_at AT TIME ZONE INTERVAL '0' + every - opens) AT TIME ZONE INTERVAL '0' AS renewable_at
        FROM stands WHERE course IS NOT NULL OFFSET 0
    )
"""
CURRENT_DUTIES = """
    WITH asked AS MATERIALIZED (
        {asked}
    ), dated AS (
        SELECT d.* FROM asked JOIN obligations_currentduty d USING (person_id)
    )
"""
KEPT = (
    "person_id",
    "requirement_id",
    "course",
    "begins_at",
    "due_at",
    "assigned_at",
    "completed_at",
    "valid_until",
    "renewable_at",
)
_COLUMNS, _OLD, _NEW = (", ".join(f"{table}{name}" for name in KEPT) for table in ("", "kept.", "excluded."))
# Only what differs is written: mostly nothing does.
_BRING_UP_TO_DATE = f"""
    {STANDING_DUTIES}, gone AS (
        DELETE FROM obligations_currentduty
        WHERE person_id IN (SELECT person_id FROM asked) AND id NOT IN (SELECT id FROM dated)
    )
    INSERT INTO obligations_currentduty AS kept (id, {_COLUMNS}) SELECT id, {_COLUMNS} FROM dated
    ON CONFLICT (id) DO UPDATE SET ({_COLUMNS}) = ({_NEW}) WHERE ({_OLD}) IS DISTINCT FROM ({_NEW})
"""  # noqa: S608 - constants of this module
OF_EVERYBODY = (
    "SELECT DISTINCT person_id FROM obligations_assignment UNION SELECT person_id FROM obligations_currentduty"
)


def bring_up_to_date(people: Collection[PersonId] | None) -> None:
    """
    Keep what the duties of these people come to, as duties and completions stand now. One statement.

    Must be called by the evaluator in its turn: it looks at whoever's duties, completions or rules have changed.

    :param people: None for everybody
    """
    query = _BRING_UP_TO_DATE.replace("{asked}", OF_EVERYBODY if people is None else people_rows(people))
    with prepared_cursor() as cursor:
        # Nothing is dated later than that: the tables as they stand.
        cursor.execute(query, {"people": uuid_array(people or ()), "at": "infinity"})
