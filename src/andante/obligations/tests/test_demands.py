"""Duties that follow: exactly those that a slow and simple computation finds, at every moment."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from andante.obligations.rules import audience
from andante.obligations.rules.demands import demands, next_change
from andante.obligations.rules.differences import difference, standing
from andante.obligations.rules.form import from_data, from_stored, to_data
from andante.obligations.tests import cases, naive


def plain(found):
    return {(each.begins_at, each.due_at, each.renews) for each in found}


class TestDemands:
    @given(cases.rules(), cases.histories(), cases.completed(), cases.moments)
    def test_are_those_that_a_walk_through_all_moments_finds(self, rule, history, done, at):
        done = [each for each in done if each.completed_at <= at]

        assert plain(demands(rule, history, done, at)) == naive.duties(rule, history, done, at)

    @given(cases.rules(), cases.histories(), cases.completed(), cases.moments)
    def test_each_have_an_id_of_their_own(self, rule, history, done, at):
        found = demands(rule, history, done, at)

        assert len({standing(history.person, each).id for each in found}) == len(found)

    @given(cases.rules(), cases.histories(), cases.completed(), cases.moments, st.floats(0, 1))
    def test_stay_the_same_until_the_moment_that_is_named(self, rule, history, done, at, share):
        done = [each for each in done if each.completed_at <= at]
        change = next_change(rule, history, done, at)
        end = change or at + timedelta(days=400)
        later = at + (end - at) * share
        if later >= end:
            later = end - timedelta(microseconds=1)

        assert demands(rule, history, done, later) == demands(rule, history, done, at)

    @given(cases.rules(), cases.histories(), cases.moments)
    def test_a_revision_of_words_alone_changes_no_duty(self, rule, history, at):
        newest = rule.revisions[-1]
        if newest.form is None or newest.applied_at > at:
            return
        words = replace(newest.form, title="Other words", why="Other reasons", effective=None)
        revised = replace(newest, number=newest.number + 1, form=words, applied_at=at)
        in_force = [each.applied_at for each in rule.revisions]
        if newest.form.effective is not None or max(in_force) > at:
            return
        after = replace(rule, revisions=(*rule.revisions, revised))

        now, then = demands(rule, history, (), at), demands(after, history, (), at)

        assert plain(now) == plain(then)


class TestDifference:
    @given(cases.rules(), cases.rules(), cases.histories(), cases.moments, cases.moments)
    def test_makes_what_is_demanded_out_of_what_stands(self, one, other, history, before, after):
        def stand(rule, at):
            return [standing(history.person, each) for each in demands(rule, history, (), at)]

        stands, demanded = stand(one, before), stand(other, after)
        change = difference(demanded=demanded, stands=stands)

        made = {each.id: each for each in stands if each not in change.withdrawn}
        made |= {each.id: each for each in [*change.redated, *change.opened]}
        assert made == {each.id: each for each in demanded}
        assert not {each.id for each in change.opened} & {each.id for each in stands}
        assert set(change.withdrawn) <= set(stands)
        assert difference(demanded=demanded, stands=demanded).size == 0


class TestForm:
    @given(cases.forms)
    def test_is_read_as_it_is_sealed(self, form):
        assert from_data(to_data(form)) == form

    @given(cases.forms)
    def test_is_refused_where_this_version_does_not_know_it(self, form):
        import pytest

        from andante.obligations.rules.form import FormInvalid

        for broken in ({**to_data(form), "audience": {"skill": ["forklift"]}}, {"id": "rule"}, None, "no json"):
            with pytest.raises(FormInvalid):
                from_stored(broken)


class TestAudience:
    @given(cases.audiences, cases.places())
    def test_not_is_never_what_is(self, condition, place):
        assert audience.Not(condition).holds(place) is not condition.holds(place)

    @given(cases.places())
    def test_everybody_is_everybody(self, place):
        assert audience.EVERYBODY.holds(place)

    @given(cases.places())
    def test_a_path_means_the_unit_and_all_below_it_but_no_namesake(self, place):
        def holds(path):
            return audience.Is("unit", frozenset({path})).holds(place)

        assert holds(place.unit)
        assert holds(place.site)
        assert not holds(place.unit[:-1])
        assert not holds(f"{place.unit}/below")
