"""All rows, in the order of their numbers."""

from tests.faults.row import Row
from tests.faults.rows.ended_sessions import EndedSessions
from tests.faults.rows.fsync_errors import FsyncErrors
from tests.faults.rows.full_disks import FullDataDisk, FullLogDisk
from tests.faults.rows.killed_postmaster import KilledPostmaster
from tests.faults.rows.killed_sealer import KilledSealer
from tests.faults.rows.killed_web import KilledWeb
from tests.faults.rows.lost_races import LostRaces
from tests.faults.rows.no_connection_left import NoConnectionLeft
from tests.faults.rows.same_statement import ChangedBody, SameStatementAtOnce
from tests.faults.rows.slow_database import SlowDatabase
from tests.faults.rows.told_to_stop import ToldToStop
from tests.faults.rows.two_sealers import TwoSealers
from tests.faults.rows.wrong_clocks import WrongClockOfTheApplication, WrongClockOfTheDatabase

ROWS: tuple[type[Row], ...] = (
    KilledWeb,
    KilledSealer,
    TwoSealers,
    KilledPostmaster,
    EndedSessions,
    FullDataDisk,
    FullLogDisk,
    FsyncErrors,
    WrongClockOfTheApplication,
    WrongClockOfTheDatabase,
    SameStatementAtOnce,
    ChangedBody,
    SlowDatabase,
    NoConnectionLeft,
    LostRaces,
    ToldToStop,
)
