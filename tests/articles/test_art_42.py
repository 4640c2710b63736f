"""Art. 42: the measures run for three years; a successor is a file; cases keep their rules unless it says otherwise."""

from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.utils import translation

from regulation import rules
from regulation.rules import NoRulesInForce
from tests.regulation.rule_folder import RuleFolder

FIRST, LAST = date(2024, 1, 30), date(2027, 1, 29)
BEFORE, AFTER = date(2024, 1, 29), date(2027, 1, 30)
OTHERWISE = {
    'assessment = { value = 5, unit = "working_days"': 'assessment = { value = 7, unit = "days"',
    "operating_agreement = { value = 2,": "operating_agreement = { value = 3,",
    'operator = { zh = "授权运营单位（申报单位）", en = "Authorised operator (applicant)" }': (
        'operator = { zh = "运营机构", en = "Operating institution" }'
    ),
    "[settings.correction_stops_clock]\nvalue = false": "[settings.correction_stops_clock]\nvalue = true",
}


@pytest.fixture
def folder(tmp_path, settings) -> RuleFolder:
    settings.RULES_DIR = tmp_path
    return RuleFolder(tmp_path)


@pytest.mark.parametrize("on", [FIRST, date(2026, 3, 2), LAST])
def test_42a_the_measures_are_in_force_from_the_first_day_to_the_last(on):
    assert rules.in_force(on).id == "futian-2024"


@pytest.mark.parametrize("on", [BEFORE, AFTER])
def test_42a_before_and_after_no_rules_are_in_force_and_it_is_said_in_words(on):
    with translation.override("en"), pytest.raises(NoRulesInForce) as refusal:
        rules.in_force(on)
    assert str(refusal.value) == (
        f"No rules are in force on {on}. New cases can be begun once the successor of the measures has been loaded."
    )


def test_42a_labels_and_warnings_still_find_the_last_rules_when_none_are_in_force():
    assert rules.in_force_or_last(BEFORE).id == rules.in_force_or_last(AFTER).id == "futian-2024"


def test_42a_the_end_is_said_180_days_ahead_and_no_longer_once_a_successor_follows(folder):
    assert rules.ends_soon(date(2026, 8, 1)) is None
    assert rules.ends_soon(date(2026, 8, 2)).id == rules.ends_soon(LAST).id == "futian-2024"
    assert rules.ends_soon(AFTER) is None
    folder.add_successor()
    assert rules.ends_soon(date(2026, 8, 2)) is None
    assert rules.ends_soon(LAST) is None


def test_42a_a_successor_that_leaves_days_without_rules_does_not_end_the_warning(folder):
    folder.add_successor({"from = 2027-01-30": "from = 2027-02-01"})
    assert rules.ends_soon(LAST).id == "futian-2024"
    assert rules.gaps() == [(AFTER, date(2027, 1, 31))]
    with pytest.raises(NoRulesInForce):
        rules.in_force(AFTER)


def test_42a_a_successors_figures_and_labels_are_taken_as_data(folder):
    folder.add_successor(OTHERWISE)
    old, new = rules.in_force(LAST), rules.in_force(AFTER)
    assert (old.id, new.id) == ("futian-2024", "futian-2027")
    assert [(one.period("assessment").value, one.period("assessment").unit) for one in (old, new)] == [
        (5, "working_days"),
        (7, "days"),
    ]
    assert [one.period("operating_agreement").value for one in (old, new)] == [2, 3]
    assert [one.setting("correction_stops_clock").value for one in (old, new)] == [False, True]
    with translation.override("zh-hans"):
        assert [one.role_label("operator") for one in (old, new)] == ["授权运营单位（申报单位）", "运营机构"]


def test_42a_a_file_added_or_changed_while_the_portal_runs_is_taken_at_once(folder):
    with pytest.raises(NoRulesInForce):
        rules.in_force(AFTER)
    file = folder.add_successor()
    assert rules.in_force(AFTER).period("confirmation").value == 5
    folder.change({"confirmation = { value = 5": "confirmation = { value = 10"}, name=file.name, source=file)
    assert rules.in_force(AFTER).period("confirmation").value == 10


def test_42a_cases_keep_the_rules_they_began_under(folder):
    folder.add_successor(OTHERWISE)
    assert rules.applicable("futian-2024", LAST).id == "futian-2024"
    assert rules.applicable("futian-2024", AFTER).period("assessment").value == 5
    assert rules.applicable("futian-2027", AFTER).period("assessment").value == 7


def test_42a_cases_follow_the_successor_from_its_first_day_where_it_says_so(folder):
    folder.add_successor(OTHERWISE | {'cases = "keep"': 'cases = "adopt"'})
    assert rules.applicable("futian-2024", LAST).id == "futian-2024"
    assert rules.applicable("futian-2024", AFTER).id == "futian-2027"


def test_42a_the_latest_successor_that_adopts_decides(folder):
    second = folder.add_successor()
    pieces = {
        'id = "futian-2027"': 'id = "futian-2030"', "from = 2027-01-30": "from = 2030-01-30",
        "until = 2030-01-29": "until = 2033-01-29", 'cases = "keep"': 'cases = "adopt"',
    }  # fmt: skip
    folder.change(pieces, name="futian-2030.toml", source=second)
    assert rules.applicable("futian-2024", date(2030, 1, 29)).id == "futian-2024"
    assert rules.applicable("futian-2024", date(2030, 1, 30)).id == "futian-2030"
    assert rules.applicable("futian-2027", date(2030, 1, 30)).id == "futian-2030"


def test_42a_a_file_with_an_unknown_citation_stops_the_start(folder):
    folder.add_successor({'article = "18(2)"': 'article = "18(9)"'})
    with pytest.raises(SystemCheckError) as stopped:
        call_command("check")
    said = "futian-2027.toml: periods.preliminary_review cites Art. 18(9), which the measures do not have"
    assert f"(regulation.E001) {said}" in str(stopped.value)
