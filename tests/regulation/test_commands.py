"""`due` and `check_rules` as somebody at a terminal meets them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from tests.regulation.rule_folder import RuleFolder

pytestmark = pytest.mark.django_db


def lines(name: str, *args: str) -> list[str]:
    out = StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def folder(tmp_path, settings) -> RuleFolder:
    settings.RULES_DIR = tmp_path
    return RuleFolder(tmp_path)


def test_due_prints_the_date_and_each_day_counted():
    assert lines("due", "2025-09-30", "3") == ["2025-10-11", "2025-10-09", "2025-10-10", "2025-10-11"]


def test_due_says_when_the_date_is_provisional():
    assert lines("due", "2026-12-28", "5") == [
        "2027-01-05 provisional", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-04", "2027-01-05",
    ]  # fmt: skip
    assert lines("due", "2026-12-24", "5")[0] == "2026-12-31"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("2026-02-30", "5"), "“2026-02-30” is not a day such as 2026-01-05."),
        (("2026-01-05", "0"), "The number of working days must be a whole number from 1 to 10,000."),
        (("2026-01-05", "10001"), "The number of working days must be a whole number from 1 to 10,000."),
        (("2026-01-05", "-1"), "The number of working days must be a whole number from 1 to 10,000."),
        (("1789-07-14", "5"), "The day must lie between 1990 and 2150."),
    ],
)
def test_due_refuses_what_it_cannot_count(args, said):
    with translation.override("en"), pytest.raises(CommandError) as refusal:
        call_command("due", *args)
    assert str(refusal.value) == said


def test_check_rules_says_what_is_in_force_what_ends_when_and_which_years_are_official():
    found = lines("check_rules", "--on", "2026-03-02")
    assert found[0].startswith("in force on 2026-03-02: futian-2024 (Interim Measures of Futian District")
    assert found[0].endswith("), 2024-01-30 to 2027-01-29")
    assert found[1:3] == ["ends in 333 days, on 2027-01-29 at 24:00", "successor: none loaded"]
    assert [line[:24] for line in found[3:]] == [f"calendar {year}: official;" for year in range(2023, 2027)]
    assert found[6].endswith("国办发明电〔2025〕7号 https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm")


def test_check_rules_warns_ahead_of_the_end_and_names_the_successor(folder):
    assert (
        lines("check_rules", "--on", "2026-12-01")[3] == "warning: futian-2024 ends soon and nothing follows it at once"
    )
    folder.add_successor()
    found = lines("check_rules", "--on", "2026-12-01")
    assert found[2] == "successor: futian-2027 from 2027-01-30, cases: keep"
    assert found[3].startswith("calendar 2023")
    folder.add_successor({"from = 2027-01-30": "from = 2027-02-01"})
    assert lines("check_rules", "--on", "2026-12-01")[3:5] == [
        "warning: futian-2024 ends soon and nothing follows it at once",
        "warning: no rule set is in force from 2027-01-30 to 2027-01-31",
    ]


def test_check_rules_fails_where_none_is_in_force():
    with pytest.raises(CommandError, match="^No rules are in force on 2027-01-30. New cases can be begun once"):
        call_command("check_rules", "--on", "2027-01-30")


def test_check_rules_fails_on_a_broken_file_or_a_bad_day(folder):
    folder.change({'article = "18(2)"': 'article = "99"'})
    with pytest.raises(CommandError, match="^futian-2024.toml: periods.preliminary_review cites Art. 99, which the"):
        call_command("check_rules")
    with pytest.raises(CommandError, match="^“soon” is not a day such as 2026-01-05.$"):
        call_command("check_rules", "--on", "soon")
