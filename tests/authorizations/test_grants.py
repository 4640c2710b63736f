"""The pages and the API of grants, and the question of a gateway: who sees and asks what, and in which words."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from authorizations.models import Grant
from tests.desk import Api, nothing_changes
from tests.story import NOW

SEES = {
    "partner": True, "operator": True, "bureau": True, "bureau_lead": True, "finance": True, "health": True,
    "transport": False, "outsider": False, "partner2": False, "applicant": False, "citizen": False, "sysadmin": False,
    "government": False, "expert1": False,
}  # fmt: skip


def question(of: Grant, /, **given) -> str:
    asked = {"grant": of.code, "resource": of.resource.code, "scenario": of.scenario.code} | given
    return "/api/v1/access-decision/?" + "&".join(f"{name}={value}" for name, value in asked.items() if value)


@pytest.fixture
def grant(data_story) -> Grant:
    """A partner's usable grant on a resource of the health department."""
    resource = data_story.resource(who="health")
    text = {"use_from": NOW.date(), "use_until": NOW.date().replace(year=2027, month=2)}
    return data_story.use_agreement("effective", who="partner", resources=[resource], **text).grants.get()


@pytest.mark.parametrize("who", SEES)
def test_who_sees_a_grant(data_story, grant, page, api, who):
    actor, sees = data_story.cast[who], SEES[who]
    answers = [page(actor).open("grants"), page(actor).open("grant", grant.code)]
    assert (grant.code in answers[0].content.decode()) is sees
    assert answers[1].status_code == (200 if sees else 404)
    found = api(actor).get("/api/v1/grants/")
    codes = [one["code"] for one in found.json().get("results", [])]
    assert codes == ([grant.code] if sees else [])
    assert api(actor).get(f"/api/v1/grants/{grant.code}/").status_code == (200 if sees else 404)


def test_the_page_says_link_by_link_what_a_grant_rests_on(data_story, grant, page, api):
    desk, user = page(data_story.cast.partner), api(data_story.cast.partner)
    shown = desk.open("grant", grant.code).content.decode()
    assert shown.count("in force</span>") == 6
    assert "not in force</span>" not in shown
    rests_on = user.get(f"/api/v1/grants/{grant.code}/").json()["rests_on"]
    assert [one["code"] for one in rests_on] == [
        "operating-agreement-not-in-force", "partner-not-in-standing", "service-agreement-not-in-force",
        "authorization-refused", "resource-not-offered", "use-agreement-not-in-force",
    ]  # fmt: skip
    assert all(one["holds"] for one in rests_on)
    operating = data_story.operating_agreement(state="suspended")
    shown = desk.open("grant", grant.code).content.decode()
    assert "Operating agreement is at “Suspended”." in shown
    assert f">{operating.number}<" not in shown
    found = user.get(f"/api/v1/grants/{grant.code}/").json()
    assert found["is_usable"] is False
    assert [one["code"] for one in found["rests_on"] if not one["holds"]] == ["operating-agreement-not-in-force"]
    assert operating.number not in [one["number"] for one in found["rests_on"]]


def test_the_list_is_filtered_and_goes_out_as_excel(data_story, grant, page, api):
    desk = page(data_story.cast.operator)
    for query, found in (
        ("standing=usable", True), ("standing=closed", False), ("q=Partner", True), ("q=nothing", False),
        ("after=1", False), ("after=99999", True), ("standing=nonsense&after=x", True), ("q=%25", False),
    ):  # fmt: skip
        shown = desk.client.get(f"/grants/?{query}").content.decode()
        assert (grant.code in shown) is found, query
    data = desk.client.get("/grants/?format=xlsx").content
    rows = list(load_workbook(BytesIO(data)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Grant", grant.code]
    grant.agreement.suspend(by=data_story.cast.bureau, reason="A breach was found.")
    assert grant.code in desk.client.get("/grants/?standing=closed").content.decode()
    user = api(data_story.cast.operator)
    assert user.get("/api/v1/grants/?standing=usable").json()["results"] == []
    assert len(user.get("/api/v1/grants/?standing=closed").json()["results"]) == 1


# --- the question of a gateway --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["partner", "operator", "bureau"])
def test_user_operator_and_bureau_are_answered(data_story, grant, api, page, who):
    desk = api(data_story.cast[who])
    for resource in (grant.resource.code, grant.resource.number):
        answer = desk.get(question(grant, resource=resource))
        assert (answer.status_code, answer.json()) == (200, {"decision": "allow"})
        assert answer["Cache-Control"] == "no-store"
        assert "sessionid" not in answer.cookies
    assert page(data_story.cast[who]).client.get(question(grant)).status_code == 200


@pytest.mark.parametrize("who", [who for who in SEES if who not in {"partner", "operator", "bureau"}])
def test_anothers_grant_is_answered_like_one_that_does_not_exist(data_story, grant, api, page, who):
    desk = api(data_story.cast[who])
    theirs = desk.get(question(grant))
    none = desk.get(question(grant, grant="QX-1999-0001"))
    assert (theirs.status_code, theirs.content) == (none.status_code, none.content) == (403, theirs.content)
    assert theirs.json()["code"] == theirs["X-Access-Reason"] == "unknown-grant"
    assert page(data_story.cast[who]).client.get(question(grant)).json()["code"] == "unknown-grant"


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"resource": "XX-1"}, 403, "wrong-resource"), ({"scenario": "CJ-1999-0001"}, 403, "wrong-scenario"),
        ({"grant": "QX-1999-0001"}, 403, "unknown-grant"), ({"grant": ""}, 400, "malformed"),
        ({"resource": ""}, 400, "malformed"), ({"scenario": ""}, 400, "malformed"),
        ({"grant": "a%00b"}, 400, "malformed"), ({"grant": "x" * 300}, 400, "malformed"),
    ],
)  # fmt: skip
def test_what_else_is_answered(data_story, grant, api, page, given, status, code):
    with nothing_changes():
        answer = api(data_story.cast.partner).get(question(grant, **given))
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert (answer.json()["code"], answer["X-Access-Reason"]) == (code, code)
        assert page(data_story.cast.partner).client.get(question(grant, **given)).status_code == status


def test_nobody_is_answered_401(data_story, grant, page, client):
    for headers in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic cGFydG5lcjpkZW1v"}):
        answer = client.get(question(grant), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated")
        assert answer["WWW-Authenticate"].startswith("Bearer")
    desk = Api(data_story.cast.partner)
    assert desk.client.post(question(grant), headers=desk.headers).status_code == 405


def test_a_token_and_no_session_is_looked_at(data_story, grant, page, django_assert_num_queries):
    desk = Api(data_story.cast.partner)
    desk.get(question(grant))
    signed_in = page(data_story.cast.bureau).client
    with django_assert_num_queries(1):
        assert signed_in.get(question(grant), headers=desk.headers).status_code == 200


def test_the_refusal_is_in_the_office_language_unless_another_is_chosen(data_story, grant):
    desk = Api(data_story.cast.partner)
    grant.agreement.suspend(by=data_story.cast.bureau, reason="A breach was found.")
    english = desk.get(question(grant)).json()
    assert english["article"] == {"code": "39", "label": "Art. 39"}
    desk.client.cookies.clear()
    assert desk.get(question(grant)).json()["article"]["label"] == "第三十九条"
