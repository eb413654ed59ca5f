import django.db.models.deletion
from django.db import migrations, models

BLOB_IS_ITS_HASH = """
ALTER TABLE content_blob ADD CONSTRAINT content_blob_is_its_hash
    CHECK (encode(sha256(data), 'hex') = sha256 AND octet_length(data) = size);
"""

# A published version never changes. Versions and files are added; what a version is, is not to be written anew.
NOTHING_CHANGES = """
CREATE FUNCTION content_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'published content does not change: % on %', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER content_blob_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON content_blob
    FOR EACH STATEMENT EXECUTE FUNCTION content_refuse_change();
CREATE TRIGGER content_courseversion_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON content_courseversion
    FOR EACH STATEMENT EXECUTE FUNCTION content_refuse_change();
CREATE TRIGGER content_versionfile_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON content_versionfile
    FOR EACH STATEMENT EXECUTE FUNCTION content_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("size", models.PositiveBigIntegerField()),
                ("data", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="CourseVersion",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("title", models.TextField()),
                ("published_at", models.DateTimeField()),
                ("published_by", models.CharField(max_length=200)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="content.course"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="course",
            name="current",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="current_of",
                to="content.courseversion",
            ),
        ),
        migrations.CreateModel(
            name="VersionFile",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("path", models.CharField(max_length=500)),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="content.blob"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="content.courseversion"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="courseversion",
            constraint=models.UniqueConstraint(fields=("course", "number"), name="content_version_number"),
        ),
        migrations.AddConstraint(
            model_name="courseversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="content_version_counts_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="versionfile",
            constraint=models.UniqueConstraint(fields=("version", "path"), name="content_file_once_a_version"),
        ),
        migrations.RunSQL(BLOB_IS_ITS_HASH, "ALTER TABLE content_blob DROP CONSTRAINT content_blob_is_its_hash"),
        migrations.RunSQL(NOTHING_CHANGES, "DROP FUNCTION content_refuse_change() CASCADE"),
    ]
