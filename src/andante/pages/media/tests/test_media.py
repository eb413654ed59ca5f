from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from andante.content import addresses, queries
from andante.content.operations import publish_course
from andante.content.tests.folders import put, spill
from andante.kernel import clock
from andante.kernel.ids import CourseId
from andante.kernel.principals import Principal
from andante.pages.media.ranges import Range, RangeUnsatisfiable, asked_range

pytestmark = pytest.mark.django_db

SCRIPTED = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
CONTENT_HOST = urlsplit(settings.ENVIRONMENT.content_url).netloc
BASE_HOST = urlsplit(settings.ENVIRONMENT.base_url).netloc


@pytest.fixture
def course(tmp_path):
    folder = spill(tmp_path / "course")
    put(folder, "media/drain.svg", SCRIPTED)
    publish_course(folder=folder, by=Principal("cli:author"), at=clock.now())
    return queries.course(CourseId("spill"))


@pytest.fixture
def address(course):
    return addresses.media_address(course.document.media["media/drain.svg"], at=clock.now())


def get(client, address, host=CONTENT_HOST, **headers):
    return client.get(urlsplit(address).path, headers={"host": host, **headers})


class TestCourseMedia:
    def test_are_served_under_their_hash_for_ever(self, client, address):
        response = get(client, address)
        assert response.status_code == 200
        assert response.content == SCRIPTED.encode()
        assert response["Content-Type"] == "image/svg+xml"
        assert response["Cache-Control"] == "private, max-age=31536000, immutable"
        assert response["X-Content-Type-Options"] == "nosniff"

    def test_can_never_run_a_script_or_set_a_cookie(self, client, address):
        response = get(client, address)
        policy = response["Content-Security-Policy"]
        assert policy.startswith("sandbox;")
        assert "allow-scripts" not in policy
        assert "default-src 'none'" in policy
        assert not response.cookies

    def test_may_be_read_by_our_own_pages_only(self, client, address):
        response = get(client, address)
        assert response["Access-Control-Allow-Origin"] == settings.ENVIRONMENT.base_url
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"

    def test_do_not_exist_on_the_application_s_host(self, client, address):
        assert get(client, address, host=BASE_HOST).status_code == 404

    def test_need_no_sign_in_but_a_signature(self, client, address):
        *_, day, signature, name = address.split("/")
        for forged in (
            f"/media/{day}/{'0' * 32}/{name}",
            f"/media/{day}/{signature}/{name.replace('.svg', '.html')}",
            f"/media/{day}/{signature}/{name.replace('.svg', '.txt')}",
            f"/media/20990101/{signature}/{name}",
            f"/media/{day}/{signature[:-1]}/{name}",
            f"/media/{day}/é/{name}",
        ):
            assert get(client, forged).status_code == 404, forged

    def test_keep_one_address_for_a_whole_day_so_that_caches_hit(self, course):
        media = course.document.media["media/drain.svg"]
        morning, evening = datetime(2026, 1, 15, 0, 0, tzinfo=UTC), datetime(2026, 1, 15, 23, 59, tzinfo=UTC)
        assert addresses.media_address(media, at=morning) == addresses.media_address(media, at=evening)
        assert addresses.media_address(media, at=morning) != addresses.media_address(
            media, at=evening + timedelta(minutes=1)
        )

    @pytest.mark.parametrize(("days", "opens"), [(-1, False), (0, True), (2, True), (3, False)])
    def test_addresses_open_for_two_more_days(self, course, days, opens):
        now = clock.now()
        address = addresses.media_address(course.document.media["media/drain.svg"], at=now)
        *_, day, signature, name = address.split("/")
        found = queries.media(day=day, signature=signature, name=name, at=now + timedelta(days=days))
        assert (found is not None) is opens

    def test_texts_of_the_course_cannot_be_fetched_even_with_a_signature(self, client, course):
        # The bank's file holds the answer keys.
        from andante.content.document import Media
        from andante.content.models import VersionFile

        sha256 = VersionFile.objects.get(path="bank/first-minute.md").blob_id
        address = addresses.media_address(Media(path="media/x.txt", sha256=sha256, size=1), at=clock.now())
        assert get(client, address).status_code == 404

    def test_nothing_can_be_sent_to_them(self, client, address):
        response = client.post(urlsplit(address).path, headers={"host": CONTENT_HOST})
        assert response.status_code in {403, 405}


class TestPartsOfMedia:
    def test_a_player_gets_the_part_it_asks_for(self, client, address):
        response = get(client, address, range="bytes=0-3")
        assert (response.status_code, response.content) == (206, b"<svg")
        assert response["Content-Range"] == f"bytes 0-3/{len(SCRIPTED)}"

    def test_a_part_outside_of_the_file_is_refused(self, client, address):
        response = get(client, address, range="bytes=9999-")
        assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(SCRIPTED)}")

    @pytest.mark.parametrize(
        ("header", "expected"),
        [
            ("", None),
            ("bytes=0-", Range(0, 9)),
            ("bytes=2-4", Range(2, 4)),
            ("bytes=8-99", Range(8, 9)),
            ("bytes=-3", Range(7, 9)),
            ("bytes=-99", Range(0, 9)),
            ("bytes=4-2", None),
            ("bytes=-", None),
            ("bytes=0-1,3-4", None),
            ("lines=0-1", None),
            ("bytes=x-y", None),
        ],
    )
    def test_a_range_is_read_as_the_standard_says(self, header, expected):
        assert asked_range(header, 10) == expected

    @pytest.mark.parametrize("header", ["bytes=10-", "bytes=-0"])
    def test_a_range_behind_the_end_cannot_be_had(self, header):
        with pytest.raises(RangeUnsatisfiable):
            asked_range(header, 10)
