"""Every row is explained by a fact, or the reason why not is written down: else its forgery would go unseen."""

from django.apps import apps

from andante.config.composition import PROJECTIONS

EXPLAINED = {model for projection in PROJECTIONS for model in projection.tables}
UNEXPLAINED = {name: reason for projection in PROJECTIONS for name, reason in projection.unexplained.items()}


class TestEveryModelOfOurs:
    def test_is_explained_by_facts_or_says_why_not(self):
        ours = {model for model in apps.get_models() if model.__module__.startswith("andante.")}

        silent = {model._meta.db_table for model in ours - EXPLAINED} - set(UNEXPLAINED)

        assert ours
        assert silent == set()

    def test_that_is_explained_has_a_key_that_a_replay_gives_again(self):
        serial = [
            model._meta.label
            for model in EXPLAINED
            if model._meta.pk.get_internal_type() in {"AutoField", "BigAutoField"}
        ]

        assert serial == []


class TestEveryReason:
    def test_names_a_table_or_column_that_exists(self):
        tables = {model._meta.db_table: model for model in apps.get_models()}
        for name in UNEXPLAINED:
            table, _, column = name.partition(".")
            assert table in tables, name
            columns = {field.column for field in tables[table]._meta.concrete_fields}
            assert not column or column in columns, name
