"""No step can be skipped: every step in every state as everybody, against a table that people have read.

After a wanted change: `pytest tests/machines --golden` writes the tables anew; read the difference before it is kept.
"""

import pytest

from accounts.roles import Role
from casework.step import steps_of
from tests.kinds import BY_NAME, KINDS
from tests.machines import table


def compare(name: str, rows: list[dict[str, str]], golden: bool) -> None:
    path = table.HERE / f"golden_{name}.csv"
    if golden:
        table.write(path, rows)
    kept = {(row["state"], row["step"]): row for row in table.read(path)}
    found = {(row["state"], row["step"]): row for row in rows}
    assert kept.keys() == found.keys()
    differing = [
        (*key, who, f"is {found[key].get(who)}, was {row[who]}")
        for key, row in kept.items()
        for who in row
        if found[key].get(who, "") != row[who]
    ]
    assert differing == []


@pytest.mark.parametrize("name", BY_NAME)
def test_every_step_in_every_state_as_everybody(whole_story, request, name):
    rows = list(table.of_kind(whole_story, BY_NAME[name]))
    compare(name, rows, request.config.getoption("--golden"))


def test_every_kind_is_begun_by_its_own_side_alone(whole_story, request):
    compare("begin", list(table.beginnings(whole_story)), request.config.getoption("--golden"))


def test_every_role_is_among_those_tried(whole_story):
    assert {role for actor in table.actors(KINDS[0], whole_story, None).values() for role in actor.roles} == set(Role)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_table_names_every_state_and_step(name):
    model = BY_NAME[name].model
    kept = {(row["state"], row["step"]) for row in table.read(table.HERE / f"golden_{name}.csv")}
    assert {(state, step) for state, step in kept if ", " not in state and not step.endswith("()")} == {
        (state, step) for state in model.states.by_name for step in steps_of(model)
    }


@pytest.mark.parametrize("name", BY_NAME)
def test_a_step_succeeds_in_its_own_states_for_its_own_side_only(name):
    """The table against the declarations: nothing was written into it that no step declares."""
    model = BY_NAME[name].model
    for row in table.read(table.HERE / f"golden_{name}.csv"):
        step = steps_of(model)[row["step"].removesuffix("()")]
        taken = {who for who, answer in row.items() if answer.startswith("ok ")}
        if row["state"].partition(",")[0] not in step.sources:
            assert taken == set(), row
        assert taken.isdisjoint({"sysadmin", "secadmin", "auditadmin", "read_only", "delegate", "anonymous"})
        assert taken.isdisjoint({"bureau_elsewhere", "finance_elsewhere", "government_elsewhere", "outsider"})


def test_the_tables_together_take_every_step_at_least_once():
    for told in KINDS:
        taken = {
            row["step"]
            for row in table.read(table.HERE / f"golden_{told.name}.csv")
            if any(answer.startswith("ok ") for answer in row.values())
        }
        # A step of the system that follows at once has no moment of its own in which only it could be taken.
        following = {name for step in steps_of(told.model).values() for name in step.then}
        assert set(steps_of(told.model)) - taken <= following, told.name
