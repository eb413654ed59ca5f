from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from andante.content import operations, queries
from andante.content.apply import EXPLAINED, UNEXPLAINED, apply
from andante.content.models import Blob, Course, CourseVersion, VersionFile
from andante.content.operations import CourseInvalid, publish_course
from andante.content.parsing import source
from andante.content.statements import COURSE_VERSION_PUBLISHED
from andante.content.tests.folders import MODULE, change, line_of, put, spill
from andante.kernel.ids import CourseId, VersionHash
from andante.kernel.principals import Principal
from andante.ledger.queries import fact

AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
BY = Principal("cli:author")
SPILL_COURSE = CourseId("spill")

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    return spill(tmp_path / "course")


def publish(folder, at=AT):
    return publish_course(folder=folder, by=BY, at=at)


def facts_published():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM ledger_statement WHERE verb = %s ORDER BY stored, id", [COURSE_VERSION_PUBLISHED]
        )
        return [fact(id).fact for (id,) in cursor.fetchall()]


class TestPublishingACourse:
    def test_makes_version_one_with_all_its_files(self, folder):
        published = publish(folder)
        assert (published.course_id, published.number, published.new) == ("spill", 1, True)
        row = CourseVersion.objects.get()
        assert (row.hash, row.title, row.published_at, row.published_by) == (
            published.version,
            "A spill in the pump bay",
            AT,
            BY,
        )
        files = dict(VersionFile.objects.values_list("path", "blob__data"))
        assert {path: bytes(data) for path, data in files.items()} == {
            path: (folder / path).read_bytes()
            for path in ("course.yaml", MODULE, "bank/first-minute.md", "aids/spill-card.md", "media/drain.svg")
        }

    def test_is_a_fact_in_the_ledger(self, folder):
        published = publish(folder)
        (event,) = facts_published()
        assert (event.object, event.timestamp, event.body["by"]) == ("course:spill", AT, BY)
        assert event.body["new"]["version"] == published.version
        assert event.body["new"]["number"] == 1
        assert [file["path"] for file in event.body["new"]["files"]] == sorted(
            VersionFile.objects.values_list("path", flat=True)
        )

    def test_again_with_the_same_text_changes_nothing(self, folder):
        first = publish(folder)
        again = publish(folder, AT + timedelta(days=1))
        assert (again.version, again.number, again.new) == (first.version, 1, False)
        assert len(facts_published()) == 1
        assert CourseVersion.objects.get().published_at == AT

    def test_with_another_text_makes_the_next_version_and_keeps_the_first(self, folder):
        first = publish(folder)
        change(folder, MODULE, "Two questions first", "Two questions, first of all")
        second = publish(folder, AT + timedelta(days=1))
        assert (second.number, second.new) == (2, True)
        assert second.version != first.version
        assert queries.course(SPILL_COURSE).version == second.version
        assert queries.version(first.version).document.modules[0].cards[0].title == "Two questions first"
        assert facts_published()[-1].body["old"] == {"version": first.version}

    def test_going_back_to_an_older_text_leaves_the_newest_in_place(self, folder, tmp_path):
        first = publish(folder)
        newer = spill(tmp_path / "newer")
        change(newer, MODULE, "Two questions first", "Two questions")
        publish(newer)
        again = publish(folder)
        assert (again.version, again.number, again.new) == (first.version, 1, False)
        assert queries.course(SPILL_COURSE).number == 2

    def test_keeps_bytes_that_did_not_change_once(self, folder):
        publish(folder)
        kept = Blob.objects.count()
        change(folder, MODULE, "Two questions first", "Two questions")
        publish(folder)
        assert Blob.objects.count() == kept + 1

    def test_with_warnings_is_fine_and_tells_them(self, folder):
        change(folder, MODULE, "procedure: SOP-0231 rev 4", "procedure: SOP-0231")
        assert [finding.rule for finding in publish(folder).findings] == ["A704"]

    @pytest.mark.parametrize(
        ("old", "new", "rule", "at"),
        [
            ("type: decide", "type: guess", "A003", "type: guess"),
            ("- [x] A litre", "- [] A litre", "A005", "- [] A litre"),
            ("→ out", "→ nowhere", "A006", "nowhere"),
            ("media/drain.svg", "media/none.svg", "A008", "none.svg"),
            ("objective: Decide inside", "objective: Understand inside", "A112", "Understand"),
            ("> Substance, place, people: the three things control needs.\n", "", "A308", "### out:"),
        ],
    )
    def test_is_refused_with_file_and_line_and_imports_nothing(self, folder, old, new, rule, at):
        change(folder, MODULE, old, new)
        with pytest.raises(CourseInvalid) as refused:
            publish(folder)
        errors = {(finding.rule, finding.place.file, finding.place.line) for finding in refused.value.findings}
        assert (rule, MODULE, line_of(folder, MODULE, at)) in errors
        assert not Course.objects.exists()
        assert not Blob.objects.exists()
        assert facts_published() == []

    def test_is_refused_without_ids_and_says_andante_fmt(self, folder):
        (folder / MODULE).write_text((folder / MODULE).read_text().replace("id: first-minute\n", ""))
        with pytest.raises(CourseInvalid, match="andante fmt"):
            publish(folder)

    def test_is_refused_when_a_picture_changes_while_it_is_read(self, folder, monkeypatch):
        read = operations.read_course

        def read_and_change(path):
            reading = read(path)
            put(path, "media/drain.svg", "<svg/>")
            return reading

        monkeypatch.setattr(operations, "read_course", read_and_change)
        with pytest.raises(source.FileChanged):
            publish(folder)
        assert not Course.objects.exists()


class TestReadingPublishedCourses:
    def test_a_course_is_the_document_of_its_current_version(self, folder, django_assert_num_queries):
        published = publish(folder)
        course = queries.course(SPILL_COURSE)
        assert (course.version, course.number, course.published_at) == (published.version, 1, AT)
        assert course.document.title == "A spill in the pump bay"
        with django_assert_num_queries(1):
            assert queries.course(SPILL_COURSE).document is course.document

    def test_an_unknown_course_is_none_and_an_unknown_version_an_error(self):
        assert queries.course(CourseId("nowhere")) is None
        with pytest.raises(queries.VersionUnknown):
            queries.version(VersionHash("0" * 64))

    def test_the_catalogue_lists_each_course_once_in_its_current_version(self, folder, tmp_path):
        publish(folder)
        change(folder, MODULE, "Two questions first", "Two questions")
        publish(folder)
        other = spill(tmp_path / "other")
        change(other, "course.yaml", "id: spill", "id: acid")
        change(other, "course.yaml", "title: A spill", "title: Acid")
        publish(other)
        assert [(each.course_id, each.number) for each in queries.catalogue()] == [("spill", 2), ("acid", 1)]

    def test_several_versions_come_in_one_query(self, folder, django_assert_num_queries):
        first = publish(folder).version
        change(folder, MODULE, "Two questions first", "Two questions")
        second = publish(folder).version
        queries.versions([first, second])
        with django_assert_num_queries(1):
            found = queries.versions([first, second, VersionHash("0" * 64)])
        assert {hash: each.number for hash, each in found.items()} == {first: 1, second: 2}

    def test_rich_text_shows_pictures_from_the_content_host(self, folder, settings):
        publish(folder)
        course = queries.course(SPILL_COURSE)
        page = queries.html(course.document.modules[0].cards[0].body, published=course, at=AT)
        media = course.document.media["media/drain.svg"]
        assert f'src="{settings.ENVIRONMENT.content_url}/media/20260115/' in page
        assert f"/{media.sha256}.svg" in page
        assert queries.inline_html("**a** <b>", published=course, at=AT) == "<strong>a</strong> &lt;b&gt;"


class TestPublishedContentIsImmutable:
    @pytest.mark.parametrize("model", [Blob, CourseVersion, VersionFile])
    def test_nothing_is_changed_or_deleted(self, folder, model):
        publish(folder)
        table = model._meta.db_table
        column = {Blob: "size", CourseVersion: "number", VersionFile: "path"}[model]
        for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)

    def test_bytes_that_are_not_those_of_their_hash_cannot_be_kept(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            Blob.objects.create(sha256="0" * 64, size=1, data=b"x")

    def test_nothing_is_damaged_after_publishing(self, folder):
        publish(folder)
        assert list(queries.damage()) == []

    def test_a_forged_list_of_files_is_found(self, folder):
        published = publish(folder)
        blob = Blob.objects.create(
            sha256="2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", size=1, data=b"x"
        )
        VersionFile.objects.create(
            id="00000000-0000-0000-0000-000000000001", version_id=published.version, path="modules/99-x.md", blob=blob
        )
        (sentence,) = queries.damage()
        assert published.version in sentence
        queries._document.cache_clear()
        with pytest.raises(queries.VersionDamaged):
            queries.course(SPILL_COURSE)


class TestRowsFollowFromFacts:
    def test_applying_all_facts_anew_gives_the_same_rows(self, folder):
        publish(folder)
        change(folder, MODULE, "Two questions first", "Two questions")
        publish(folder, AT + timedelta(days=1))
        before = {model: sorted(model.objects.values_list(), key=str) for model in EXPLAINED}
        facts = facts_published()
        with connection.cursor() as cursor:
            for model in EXPLAINED:
                table = model._meta.db_table
                cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING ALL) ON COMMIT DROP")
        assert not Course.objects.exists()
        for each in facts:
            apply(each)
        assert {model: sorted(model.objects.values_list(), key=str) for model in EXPLAINED} == before

    def test_every_table_is_explained_or_says_why_not(self):
        from django.apps import apps

        tables = {model._meta.db_table for model in apps.get_app_config("content").get_models()}
        assert tables == {model._meta.db_table for model in EXPLAINED} | set(UNEXPLAINED)
