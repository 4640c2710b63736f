"""The catalogue is found in: part of a word, pinyin, several words, facets with counts, one page at a time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authorizations.catalogue import Catalogue
from authorizations.models import BasketItem
from authorizations.sheets.searching import normalised, words_of
from tests.desk import nothing_changes

FIELDS = "rc | 门诊人次 | number | s2\nrq | 统计日期 | date | s1"


@pytest.fixture
def listed(data_story):
    """Four entries of two departments."""
    story = data_story
    story.resource(code="WJ-001", name="医疗机构基本信息", summary="各级医院的地址", fields=FIELDS)
    story.resource(code="WJ-002", name="急救站点", grade="important", personal_information="yes", level="city")
    story.resource(who="transport", code="JT-001", name="公交线路", theme="transport", openness="unconditional")
    story.resource(who="transport", code="JT-100", name="Parking ＡＢＣ", theme="transport", update_cycle="weekly")
    return story


def codes(answer) -> list[str]:
    return [row.resource.code for row in answer.context["listing"].rows]


def found(page, actor, query: str) -> list[str]:
    return sorted(codes(page(actor).client.get("/catalogue/", {"q": query})))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("医疗", ["WJ-001"]), ("机构基本", ["WJ-001"]), ("医院的地", ["WJ-001"]), ("门诊人次", ["WJ-001"]),
        ("rq", ["WJ-001"]),
        ("yljg", ["WJ-001"]), ("YLJG", ["WJ-001"]), ("yiliaojigou", ["WJ-001"]), ("jjzd", ["WJ-002"]),
        ("mzrc", ["WJ-001"]), ("gongjiao", ["JT-001"]), ("gjxl", ["JT-001"]), ("wj-00", ["WJ-001", "WJ-002"]),
        ("Transport Dep", ["JT-001", "JT-100"]), ("parking abc", ["JT-100"]), ("ＰＡＲＫＩＮＧ", ["JT-100"]),
        ("abc parking", ["JT-100"]), ("医疗 公交", []), ("医疗　地址", ["WJ-001"]), ("100%", []), ("_", []),
        ("  ", ["JT-001", "JT-100", "WJ-001", "WJ-002"]), ("nothing-like-it", []), ("'; drop table", []),
    ],
)  # fmt: skip
def test_what_people_type_is_found(listed, page, api, query, expected):
    actor = listed.cast.partner
    assert found(page, actor, query) == expected
    answer = api(actor).client.get("/api/v1/resources/", {"q": query}, headers=api(actor).headers).json()
    assert sorted(one["code"] for one in answer["results"]) == expected


def test_a_nul_is_nothing_that_is_searched_for(listed, api):
    actor = listed.cast.partner
    answer = api(actor).client.get("/api/v1/resources/", {"q": "parking\0"}, headers=api(actor).headers)
    assert [one["code"] for one in answer.json()["results"]] == ["JT-100"]


def test_words_are_compared_without_width_case_and_control_characters():
    assert normalised("Ａb\tＣ\u200b") == "ab c"
    assert len(words_of("a " * 50)) == 8
    assert words_of("x" * 500) == ["x" * 100]


def facets(answer) -> dict[str, dict[str, int]]:
    return {
        facet.label: {choice.label: choice.count for choice in facet.choices}
        for facet in answer.context["listing"].facets
    }


def test_facets_count_what_they_would_leave(listed, page):
    answer = page(listed.cast.operator).open("catalogue")
    counted = facets(answer)
    assert counted["Theme"] == {"Health": 2, "Transport": 2}
    assert counted["Department"] == {"Health Department": 2, "Transport Department": 2}
    assert counted["Class of openness"] == {"Unconditionally open": 1, "Conditionally open": 3}
    assert counted["Grade"] == {"Important data": 1, "General data": 3}
    assert counted["Administrative level"] == {"District": 3, "City": 1}
    assert counted["Update cycle"] == {"Daily": 3, "Weekly": 1}
    assert counted["Holds personal information"] == {"Yes": 1, "No": 3}
    assert answer.context["listing"].total == 4


def test_a_facet_chosen_narrows_the_others_and_lets_itself_be_changed(listed, page):
    answer = page(listed.cast.operator).client.get("/catalogue/?theme=health&q=j")
    counted = facets(answer)
    assert codes(answer) == ["WJ-002", "WJ-001"]
    assert counted["Theme"] == {"Health": 2, "Transport": 2}
    assert counted["Department"] == {"Health Department": 2}
    choices = answer.context["listing"].facets[0].choices
    assert [(choice.query, choice.active) for choice in choices] == [("q=j", True), ("q=j&theme=transport", False)]
    both = page(listed.cast.operator).client.get("/catalogue/?theme=health&personal=yes")
    assert codes(both) == ["WJ-002"]
    assert facets(both)["Theme"] == {"Health": 1}


@pytest.mark.parametrize("query", ["theme=none", "department=x", "personal=perhaps", "after=x", "grade="])
def test_a_filter_without_sense_is_ignored(listed, page, query):
    answer = page(listed.cast.operator).client.get(f"/catalogue/?{query}")
    assert len(codes(answer)) == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [("theme=transport", {"JT-001", "JT-100"}), ("theme=transport&openness=unconditional", {"JT-001"}),
     ("personal=yes", {"WJ-002"}), ("level=city", {"WJ-002"}), ("update_cycle=weekly&q=park", {"JT-100"}),
     ("grade=core", set())],
)  # fmt: skip
def test_the_api_takes_the_same_filters(listed, api, query, expected):
    results = api(listed.cast.partner).get(f"/api/v1/resources/?{query}").json()["results"]
    assert {one["code"] for one in results} == expected


def test_pages_follow_one_another_without_gap_or_repetition(data_story, page, monkeypatch):
    monkeypatch.setitem(Catalogue.read.__func__.__kwdefaults__, "size", 2)
    made = [data_story.resource(code=f"HE-{number}").code for number in range(5)]
    # The one changed last is the latest listed, whatever its own age.
    first = data_story.cast.health
    oldest = type(data_story.resource("draft")).objects.get(code="HE-0")
    oldest.edit(by=first, **data_story.resource_values("HE-0", summary="Anew."))
    oldest.submit_revision(by=first)
    oldest.enlist(by=data_story.cast.bureau)
    seen, after = [], ""
    while True:
        answer = page(data_story.cast.operator).client.get(f"/catalogue/?theme=health&after={after}")
        seen += codes(answer)
        after = answer.context["listing"].next
        if not after:
            break
    assert seen == ["HE-0", "HE-4", "HE-3", "HE-2", "HE-1"]
    assert sorted(seen) == sorted(made)


def test_a_longer_list_takes_as_many_questions(data_story, page):
    desk = page(data_story.cast.operator)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.open("catalogue").status_code == 200
        return len(captured)

    data_story.resource()
    asked()
    one = asked()
    for _time in range(6):
        data_story.resource(theme="transport")
    assert asked() == one


@pytest.mark.parametrize("who", ["expert1", "assessor", "citizen", "sysadmin", "secadmin"])
def test_who_has_no_business_with_the_catalogue_reads_none_of_it(data_story, page, api, who):
    resource, actor = data_story.resource(), data_story.cast[who]
    assert page(actor).open("catalogue").status_code == 403
    assert page(actor).open("catalogue-entry", resource.number).status_code == 403
    assert api(actor).see(resource).status_code == 404
    assert api(actor).get("/api/v1/resources/").json()["results"] == []


def test_nobody_reads_it_without_signing_in(data_story, page):
    resource = data_story.resource()
    for name, args in (("catalogue", ()), ("catalogue-entry", (resource.number,)), ("department", ())):
        assert page(None).open(name, *args).status_code in {302, 401}


# --- the basket's button ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["operator", "partner"])
def test_an_entry_goes_into_the_basket_once_and_out_again(data_story, page, who):
    resource, actor = data_story.resource(), data_story.cast[who]
    desk = page(actor)
    assert "Put into the basket" in desk.open("catalogue").content.decode()
    for _time in range(2):
        answer = desk.send("basket-add", resource.number, back="/catalogue/?theme=health")
        assert answer["Location"] == "/catalogue/?theme=health"
    assert BasketItem.objects.of(actor).get().resource == resource
    shown = desk.open("catalogue-entry", resource.number).content.decode()
    assert "Take out of the basket" in shown
    assert page(data_story.cast.partner2).open("catalogue").context["listing"].rows[0].in_basket is False
    desk.send("basket-remove", resource.number)
    assert not BasketItem.objects.exists()


def test_one_leads_back_inside_the_portal_only(data_story, page):
    resource = data_story.resource()
    answer = page(data_story.cast.operator).send("basket-add", resource.number, back="https://elsewhere.test/")
    assert answer["Location"] == f"/catalogue/{resource.number}/"


@pytest.mark.parametrize("who", ["health", "bureau", "finance", "expert1", "sysadmin"])
def test_nobody_else_has_a_basket(data_story, page, who):
    resource, actor = data_story.resource(), data_story.cast[who]
    with nothing_changes():
        assert page(actor).send("basket-add", resource.number).status_code == 403
        assert page(actor).send("basket-remove", resource.number).status_code == 403
    assert page(data_story.cast.operator).client.get(f"/basket/{resource.number}/add/").status_code == 405
