from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from django.db import connection

from andante.content import queries
from andante.content.operations import publish_course
from andante.content.tests.folders import MODULE, change, spill
from andante.kernel.ids import CourseId
from andante.kernel.principals import Principal

AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)


class TestPublishingAtTheSameMoment:
    def test_gives_every_version_a_number_of_its_own(self, own_database, tmp_path):
        folders = []
        for number in range(4):
            folder = spill(tmp_path / f"course-{number}")
            # Two authors publish the same text, two others one of their own.
            change(folder, MODULE, "Two questions first", f"Two questions, wording {max(0, number - 1)}")
            folders.append(folder)
        ready = Barrier(len(folders))

        def publish_at_once(folder):
            ready.wait()
            try:
                return publish_course(folder=folder, by=Principal("cli:author"), at=AT)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(folders)) as pool:
            published = list(pool.map(publish_at_once, folders))
        assert sorted({each.number for each in published}) == [1, 2, 3]
        assert published[0].version == published[1].version
        assert sorted(each.new for each in published) == [False, True, True, True]
        assert queries.course(CourseId("spill")).number == 3
