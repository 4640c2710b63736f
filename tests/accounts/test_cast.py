"""The cast itself."""

from accounts.queries import actor_for, bureau, government, members_with
from accounts.roles import Role
from tests.cast import build_cast


def test_the_cast_is_what_the_queries_find(cast):
    for actor in cast:
        assert actor_for(actor.person) == actor
    assert bureau() == cast.bureau.organisation
    assert government() == cast.government.organisation
    assert list(members_with(Role.BUREAU, bureau())) == [cast.bureau.person, cast.bureau2.person]


def test_building_the_cast_costs_three_inserts(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        build_cast()
