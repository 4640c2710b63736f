"""Loading a notice: what comes of it, and what is refused with which words."""

import json
from datetime import date

import pytest
from django.utils import translation

from regulation import calendar
from regulation.holidays import NoticeRefused, import_file, import_year, shipped
from regulation.models import CalendarDay, CalendarYear

pytestmark = pytest.mark.django_db
PAPER = "https://www.gov.cn/zhengce/202611/content_1.htm"
NEXT = {
    "year": 2027,
    "papers": [PAPER],
    "days": [
        {"name": "元旦", "date": "2026-12-31", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-02", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-03", "isOffDay": False},
    ],
}
HEADING = "date,name,is_off_day\n"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def load(data: dict):
    return import_year(json.dumps(data), name="2027.json")


def refused(text: str, name: str = "2027.json") -> str:
    before = list(CalendarYear.objects.values_list("year", "digest"))
    with pytest.raises(NoticeRefused) as refusal:
        import_year(text, name=name)
    assert list(CalendarYear.objects.values_list("year", "digest")) == before
    return str(refusal.value)


def test_the_shipped_notices_are_in_the_table_with_their_official_source():
    years = CalendarYear.objects.order_by("year")
    assert [year.year for year in years] == [2023, 2024, 2025, 2026]
    assert all(year.official for year in years)
    assert years[3].source == "国务院办公厅关于2026年部分节假日安排的通知 国办发明电〔2025〕7号"
    assert years[3].papers == ["https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm"]
    assert CalendarDay.objects.count() == sum(len(notice.days) for notice in shipped())


def test_loading_a_notice_turns_provisional_dates_definite():
    before = calendar.current().add(date(2026, 12, 28), 5)
    assert (before.due_on, before.provisional) == (date(2027, 1, 5), True)
    assert calendar.current().add(date(2026, 12, 24), 5).due_on == date(2026, 12, 31)
    done = load(NEXT)
    assert done.changed == (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3))
    # 29, 30 December, the make-up Sunday 3 January, 4 and 5: the notice takes 31 December away.
    after = calendar.current().add(date(2026, 12, 28), 5)
    assert (after.due_on, after.provisional) == (date(2027, 1, 5), False)
    assert calendar.current().add(date(2026, 12, 24), 5).due_on == date(2027, 1, 3)


def test_loading_twice_changes_nothing():
    load(NEXT)
    year = CalendarYear.objects.get(year=2027)
    table, rows = calendar.current(), list(year.days.values_list("pk", flat=True))
    assert load(NEXT | {"days": NEXT["days"][::-1]}).changed == ()
    again = CalendarYear.objects.get(year=2027)
    assert (again.imported_at, again.digest) == (year.imported_at, year.digest)
    assert list(again.days.values_list("pk", flat=True)) == rows
    assert calendar.current() is table


def test_a_corrected_notice_replaces_the_earlier_one_and_says_what_changed():
    load(NEXT)
    done = load(NEXT | {"days": [*NEXT["days"][1:3], NEXT["days"][3] | {"isOffDay": True}]})
    assert done.changed == (date(2026, 12, 31), date(2027, 1, 3))
    assert calendar.current().is_working(date(2026, 12, 31))
    assert not calendar.current().is_working(date(2027, 1, 3))


def test_the_later_years_notice_prevails_whatever_the_order_of_loading():
    load(NEXT)
    own = {"name": "元旦", "date": "2026-12-31", "isOffDay": False}
    load({"year": 2026, "papers": [PAPER], "days": [own]})
    assert not calendar.current().is_working(date(2026, 12, 31))
    load(NEXT | {"days": NEXT["days"][1:]})
    assert calendar.current().is_working(date(2026, 12, 31))


def test_source_and_official_come_from_the_file_or_from_whoever_loads_it():
    assert (load(NEXT).source, load(NEXT).record.official) == (PAPER, True)
    assert load(NEXT | {"papers": ["https://example.test/2027"]}).record.official is False
    assert load(NEXT | {"papers": ["https://www.gov.cn.example.test/"]}).record.official is False
    assert load(NEXT | {"papers": []}).record.official is False
    assert load(NEXT | {"official": False}).record.official is False
    named = load(NEXT | {"title": "关于2027年的通知", "document": "国办发明电〔2026〕1号"})
    assert named.source == "关于2027年的通知 国办发明电〔2026〕1号"
    said = import_year(json.dumps(NEXT), name="2027.json", source="通知", official=False)
    assert (said.source, said.record.official) == ("通知", False)


def test_csv_is_read_too(tmp_path):
    file = tmp_path / "2027.csv"
    file.write_bytes(
        "\ufeffdate,name,is_off_day\r\n2026-12-31,元旦,是\r\n2027-01-01,元旦,true\r\n2027-01-03,元旦,0\r\n".encode()
    )
    done = import_file(file)
    assert (done.year, done.source, done.record.official) == (2027, "2027.csv", False)
    assert list(done.days.values_list("date", "is_off_day")) == [
        (date(2026, 12, 31), True), (date(2027, 1, 1), True), (date(2027, 1, 3), False),
    ]  # fmt: skip


def test_json_and_csv_of_the_same_days_agree():
    load(NEXT)
    rows = "".join(f"{day['date']},{day['name']},{str(day['isOffDay']).lower()}\n" for day in NEXT["days"])
    assert import_year(HEADING + rows, name="2027.csv", source=PAPER, official=True).changed == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "2027.json is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[]", "2027.json needs a year (a number) and days (a list)."),
        ('{"year": true, "days": []}', "2027.json needs a year (a number) and days (a list)."),
        ('{"year": "2027", "days": []}', "2027.json needs a year (a number) and days (a list)."),
        ('{"year": 2027, "days": {}}', "2027.json needs a year (a number) and days (a list)."),
        ('{"year": 2027, "days": []}', "The notice of 2027 has no days."),
        ('{"year": 2027, "papers": [1], "days": [1]}', "2027.json needs title, document and papers in text."),
        ('{"year": 2027, "official": 1, "days": [1]}', "Whether 2027.json is official must be true or false."),
    ],
)
def test_a_file_that_is_no_notice_is_refused(text, said):
    assert refused(text) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ({"date": "2028-01-01"}, "Row 1: 2028-01-01 does not belong to 2027."),
        ({"date": "2026-12-24"}, "Row 1: 2026-12-24 does not belong to 2027."),
        ({"date": "2027-02-29"}, "Row 1: “2027-02-29” is not a day such as 2027-01-01."),
        ({"date": "20270101"}, "Row 1: “20270101” is not a day such as 2027-01-01."),
        ({"date": 20270101}, "Row 1: “20270101” is not a day such as 2027-01-01."),
        ({"name": ""}, "Row 1: the occasion has no name of at most 60 characters."),
        ({"name": "节" * 61}, "Row 1: the occasion has no name of at most 60 characters."),
        ({"name": None}, "Row 1: the occasion has no name of at most 60 characters."),
        ({"isOffDay": "true"}, "Row 1: whether it is a day off must be true or false."),
        ({"isOffDay": 1}, "Row 1: whether it is a day off must be true or false."),
        ({"isOffDay": None}, "Row 1: whether it is a day off must be true or false."),
    ],
)
def test_a_row_that_is_wrong_is_named(day, said):
    row = {"name": "元旦", "date": "2027-01-01", "isOffDay": True}
    assert refused(json.dumps({"year": 2027, "days": [row | day]})) == said


def test_all_wrong_rows_are_named_at_once():
    row = {"name": "元旦", "date": "2027-01-01", "isOffDay": True}
    assert refused(json.dumps({"year": 2027, "days": [row | {"date": "x"}, "y", row]})) == (
        "Row 1: “x” is not a day such as 2027-01-01. Row 2: “None” is not a day such as 2027-01-01. "
        "Row 2: the occasion has no name of at most 60 characters."
    )
    assert refused(json.dumps({"year": 2027, "days": [row, row]})) == "Row 2: 2027-01-01 stands twice."


@pytest.mark.parametrize("year", [1999, 2101, -1, 10**30])
def test_a_year_out_of_reason_is_refused(year):
    row = {"name": "元旦", "date": "2027-01-01", "isOffDay": True}
    assert refused(json.dumps({"year": year, "days": [row]})) == f"{year} is not a year from 2000 to 2100."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "2027.csv needs a heading row with date, name and is_off_day."),
        (HEADING, "2027.csv needs a heading row with date, name and is_off_day."),
        ("day,name,is_off_day\n2027-01-01,元旦,1\n", "2027.csv needs a heading row with date, name and is_off_day."),
        (HEADING + "2027-01-01,元旦,maybe\n", "Row 2: whether it is a day off must be true or false."),
        (HEADING + "2027-01-01,元旦\n", "Row 2: whether it is a day off must be true or false."),
        (HEADING + "2027-01-01,元旦,1\n\n2027/01/02,元旦,1\n", "Row 4: “2027/01/02” is not a day such as 2027-01-01."),
        (HEADING + "2027-01-01,a,1\n2027-01-02,a,1\n2028-01-03,a,1\n", "Row 4: 2028-01-03 does not belong to 2027."),
    ],
)  # fmt: skip
def test_csv_that_is_wrong_is_refused_row_by_row(text, said):
    assert refused(text, "2027.csv") == said


def test_a_file_that_is_no_text_is_refused(tmp_path):
    file = tmp_path / "2027.json"
    file.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(NoticeRefused, match="^2027.json is not UTF-8 text.$"):
        import_file(file)


def test_a_source_too_long_to_keep_is_refused():
    assert refused(json.dumps(NEXT | {"title": "x" * 301})) == "The source is longer than 300 characters."
