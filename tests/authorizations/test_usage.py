"""Figures on calls: always what the records say, for those alone who may see them; as page, Excel and API."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from authorizations.figures import UsageFilter, usage
from casework.drawing.bars import month_bars, short
from tests.calls import months_kept, months_of_the_records, record, send

ALL = UsageFilter()


@pytest.fixture
def calls(data_story, api, now):
    """Three months of calls under a grant of the operator and one of its partner, on one department's data each."""
    cast = data_story.cast
    own = data_story.grant("operator", resources=[data_story.resource(code="HE-100", who="health")])
    partners = data_story.grant("partner", resources=[data_story.resource(code="TR-100", who="transport")])
    now.move_to("2026-05-08T10:00:00+08:00")
    operator = api(cast.operator)
    batch = [
        record(grant, f"{grant.code}-{month}-{number}", at=f"2026-0{month}-0{number}T12:00:00+08:00",
               outcome="failure" if number == 3 else "success")
        for grant, most in ((own, 7), (partners, 5)) for month in (3, 4, 5) for number in range(3, most)
    ]  # fmt: skip
    assert send(operator, batch).json()["bad"] == 0
    return {"own": own, "partners": partners}


def totals(actor, **asked) -> tuple[int, int, set]:
    found = usage(actor, UsageFilter.read(asked))
    return found.total.calls, found.total.failures, {row.names[0] for row in found.rows}


def test_the_months_are_what_the_records_say(calls):
    assert months_kept() == months_of_the_records()
    assert len(months_kept()) == 6


def test_everybody_sees_the_calls_that_are_theirs(data_story, calls, page, api):
    own, partners = calls["own"].code, calls["partners"].code
    seen = {
        "operator": (18, {own, partners}), "partner": (6, {partners}), "health": (12, {own}),
        "transport": (6, {partners}), "bureau": (18, {own, partners}), "bureau_lead": (18, {own, partners}),
        "finance": (18, {own, partners}), "outsider": (0, set()), "partner2": (0, set()),
    }  # fmt: skip
    for who, (number, grants) in seen.items():
        actor = data_story.cast[who]
        assert totals(actor)[::2] == (number, grants), who
        html = page(actor).client.get("/usage/").content.decode()
        listed = {one["grant"] for one in api(actor).get("/api/v1/usage/").json()["results"]}
        assert listed == grants
        assert {code for code in (own, partners) if code in html} == grants, who
    for who in ("government", "expert1", "secadmin", "citizen"):
        assert page(data_story.cast[who]).client.get("/usage/").status_code == 403
        assert api(data_story.cast[who]).get("/api/v1/usage/").json().get("results", []) == []
    assert page(None).client.get("/usage/").status_code == 401


def test_filters_stand_in_the_address(data_story, calls):
    operator = data_story.cast.operator
    assert totals(operator)[:2] == (18, 6)
    assert totals(operator, **{"from": "2026-04"})[0] == 12
    assert totals(operator, **{"from": "2026-04", "until": "2026-04"})[0] == 6
    assert totals(operator, q="HE-100")[0] == 12
    assert totals(operator, q="Partner Company")[0] == 6
    for senseless in ({"from": "yesterday"}, {"until": "2026-13"}, {"by": "smell"}, {"from": "2026-4"}):
        assert totals(operator, **senseless)[0] == 18


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("resource", {"HE-100", "TR-100"}), ("department", {"Health Department", "Transport Department"}),
        ("user", {"Operator Company", "Partner Company"}),
    ],
)  # fmt: skip
def test_calls_are_added_up(data_story, calls, page, by, names):
    operator = data_story.cast.operator
    assert totals(operator, by=by)[2] == names
    html = page(operator).client.get(f"/usage/?by={by}&from=2026-03").content.decode()
    assert all(name in html for name in names)
    assert "success rate 66.6%" in html


def test_excel_says_what_the_page_says(data_story, calls, page):
    answer = page(data_story.cast.partner).client.get("/usage/?format=xlsx&from=2026-04")
    heading, *rows = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert heading[:4] == ("Grant", "Resource", "User", "Calls")
    assert [row[0] for row in rows] == [calls["partners"].code]
    assert rows[0][3:7] == (4, 2, "50.0%", 40)


def test_the_api_pages_by_cursor(data_story, calls, api):
    bureau = api(data_story.cast.bureau)
    first = bureau.get("/api/v1/usage/?page_size=4").json()
    rest = bureau.get(first["next"]).json()
    assert (len(first["results"]), len(rest["results"]), rest["next"]) == (4, 2, None)
    assert set(first["results"][0]) == {
        "grant", "resource", "user", "department", "month", "calls", "failures", "rows", "last_call_at",
    }  # fmt: skip
    assert {one["month"] for one in bureau.get("/api/v1/usage/?from=2026-05").json()["results"]} == {"2026-05"}
    assert bureau.get("/api/v1/usage/?cursor=nonsense").status_code == 404


def test_the_picture_shows_each_month(data_story, calls):
    found = usage(data_story.cast.bureau, ALL)
    assert [(str(month), number, part) for month, number, part in found.months] == [
        ("2026-03-01", 6, 2), ("2026-04-01", 6, 2), ("2026-05-01", 6, 2),
    ]  # fmt: skip
    assert month_bars(found.months, "Calls").count('class="bar-whole"') == 3
    assert [short(number) for number in (0, 950, 1_200, 12_999, 3_400_000, 5 * 10**9)] == [
        "0", "950", "1.2k", "12k", "3.4M", "5.0G",
    ]  # fmt: skip


def test_where_nothing_was_called_the_page_says_so(data_story, page):
    assert "No calls have been reported yet." in page(data_story.cast.bureau).client.get("/usage/").content.decode()
    assert "Nothing matches." in page(data_story.cast.bureau).client.get("/usage/?q=none").content.decode()
