"""Every route × everybody × own and other objects, against a table that people have read.

After a wanted change: `pytest tests/permissions --golden` writes it anew; read the difference before it is kept.
"""

import pytest
from django.urls import path

from accounts.roles import Role
from tests.cast import PEOPLE
from tests.permissions import routes, world

PUBLIC = {
    ("GET", "/"),
    ("GET", "/accounts/login/"),
    ("GET", "/api/docs/"),
    ("GET", "/api/schema/"),
    ("GET", "/api/v1/ledger/checkpoints/"),
    ("GET", "/api/v1/working-days/"),
    ("GET", "/calls/"),
    ("GET", "/calls/<slug:number>/"),
    ("GET", "/catalog.jsonld"),
    ("GET", "/documents/"),
    ("GET", "/documents/<slug:number>/"),
    ("GET", "/documents/<slug:number>/files/<int:pk>/"),
    ("GET", "/favicon.ico"),
    ("GET", "/i18n/setlang/"),
    ("GET", "/livez"),
    ("GET", "/metrics"),  # to near addresses only, as in tests
    ("GET", "/readyz"),
    ("GET", "/verify/<slug:code>/"),
    ("POST", "/accounts/login/"),
    ("POST", "/accounts/logout/"),
    ("POST", "/favicon.ico"),
    ("POST", "/i18n/setlang/"),
    ("POST", "/verify/<slug:code>/"),
}
ACCESS = "/api/v1/access-decision/"
CASE = "/cases/<slug:plural>/<slug:number>/"
RULES = ("operator's rules", "outsider's rules")
ADMINISTRATORS = ("sysadmin", "secadmin", "auditadmin")


@pytest.fixture(scope="module")
def kept():
    return routes.read()


def allowed(rows, who):
    return [row for row in rows if row[who] == routes.ALLOWED]


def of_companies(rows):
    """The rows about what belongs to a company and is not for the public."""
    return [row for row in rows if row["object"].startswith(("own", "other")) and "/verify/" not in row["route"]]


def of(rows, *tenants):
    """The rows about what belongs to these tenants of chapter 4.

    What a paper's code shows is for who holds it; that a call may not pass is said to everybody alike.
    """
    starts = tuple(f"{tenant}'s " for tenant in tenants)
    return [
        row
        for row in rows
        if row["object"].startswith(starts) and "/verify/" not in row["route"] and row["route"] != ACCESS
    ]


def test_every_route_answers_everybody_as_the_table_says(whole_story, request):
    with routes.only_the_status():
        rows = list(routes.answers(world.build_world(whole_story)))
    if request.config.getoption("--golden"):
        routes.write(rows)
    known = {(row["method"], row["route"], row["object"]): row for row in routes.read()}
    found = {(row["method"], row["route"], row["object"]): row for row in rows}
    assert known.keys() == found.keys()
    assert {key: (found[key], row) for key, row in known.items() if found[key] != row} == {}


def test_the_table_has_a_row_for_every_route(kept):
    assert {row["route"] for row in kept} == {f"/{address}" for address, _pattern in routes.patterns()}


def test_the_table_has_a_column_for_every_role(kept):
    assert {PEOPLE[name][0] for name in kept[0] if name in PEOPLE} | {Role.EXPERT} == set(Role)


def test_a_denial_is_401_403_or_404_and_nothing_else(kept):
    cells = {value for row in kept for name, value in row.items() if name not in {"method", "route", "object"}}
    assert cells == {routes.ALLOWED, "401", "403", "404", ""}
    assert [
        row for row in kept if "" in row.values() and not row["route"].startswith("/admin/") and row["object"]
    ] == []


def test_strangers_come_into_the_public_rooms_only(kept):
    assert {(row["method"], row["route"]) for row in allowed(kept, "anonymous")} == PUBLIC
    asked = {row["anonymous"] for row in kept if (row["method"], row["route"]) not in PUBLIC}
    assert asked == {"401"}


def test_who_has_no_role_comes_no_further_than_strangers_but_for_their_own_account(kept):
    own = {row["route"] for row in allowed(kept, "without_role")} - {route for _method, route in PUBLIC}
    assert own == {
        "/accounts/acting/",
        "/accounts/delegations/",
        "/accounts/password/",
        "/accounts/second-factor/",
    }


@pytest.mark.parametrize("who", ADMINISTRATORS)
def test_administrators_see_no_case_outside_the_administration(kept, who):
    assert allowed(of_companies(kept), who) == []


@pytest.mark.parametrize("who", ["operator", "health", "partner", "assessor", "citizen", "expert_off_panel"])
def test_organisations_that_a_case_does_not_concern_find_nothing_there(kept, who):
    assert {row[who] for row in of_companies(kept)} == {"404"}


@pytest.mark.parametrize(("who", "theirs", "others"), [("applicant", "own", "other"), ("outsider", "other", "own")])
def test_an_applicant_sees_its_own_cases_and_not_those_of_others(kept, who, theirs, others):
    assert allowed([row for row in of_companies(kept) if row["object"].startswith(theirs)], who)
    assert {row[who] for row in of_companies(kept) if row["object"].startswith(others)} == {"404"}


def test_supervising_bodies_change_nothing_but_give_their_own_opinion(kept):
    changed = {(row["route"], row["object"]) for row in allowed(kept, "finance") if row["method"] != "GET"}
    # A remark and a file belong to the opinion, which is theirs to give; the rest is their own account.
    assert {(route, what) for route, what in changed if what} == {
        ("/api/v1/^operator-applications/(?P<number>[A-Za-z0-9-]+)/actions/(?P<step>[a-z_]+)/$",
         "own application give_opinion"),
        ("/cases/<slug:plural>/<slug:number>/steps/<slug:name>/", "own application give_opinion"),
        ("/cases/<slug:plural>/<slug:number>/remarks/", "own application"),
        ("/verify/<slug:code>/", "own"),
        ("/verify/<slug:code>/", "other"),
        ("/verify/<slug:code>/", "partner's entry"),
        ("/verify/<slug:code>/", "partner2's entry"),
    }  # fmt: skip
    assert {row["cyberspace"] for row in of_companies(kept) if row["object"].startswith("own ")} == {"404"}


# --- chapter 4: an operator and its partner, and another operator and its partner ------------------------------------

TENANTS = ("operator", "partner", "outsider", "partner2")


@pytest.mark.parametrize(
    ("who", "theirs", "others"),
    [
        ("operator", ["operator", "partner"], ["outsider", "partner2"]),
        ("outsider", ["outsider", "partner2"], ["operator", "partner"]),
        ("partner", ["partner"], ["partner2"]),
        ("partner2", ["partner2"], ["partner"]),
    ],
)
def test_operators_see_their_partners_matters_and_partners_their_own(kept, who, theirs, others):
    for tenant in theirs:
        seen = {row["object"] for row in allowed(of(kept, tenant), who)}
        all_of_it = {row["object"] for row in of(kept, tenant) if row["route"] == CASE}
        # Needs and objections go from a user to the authorities; Art. 5(3) gives its operator no part in them.
        assert seen >= {what for what in all_of_it if tenant == who or not what.endswith((" need", " objection"))}
    assert {row[who] for row in of(kept, *others) if not row["object"].endswith("'s rules")} == {"404"}


@pytest.mark.parametrize("who", ["partner", "partner2"])
def test_a_partner_finds_nothing_of_an_operator_but_its_rules(kept, who):
    rows = [row for row in of(kept, "operator", "outsider") if not row["object"].startswith(RULES)]
    assert {row[who] for row in rows} == {"404"}


def test_rules_for_partners_are_read_by_those_they_address_and_changed_by_nobody_else(kept):
    rows = [row for row in kept if row["object"].startswith(RULES) and row["method"] != "GET"]
    assert allowed(rows, "operator") == [] or {row["object"] for row in allowed(rows, "operator")} <= {
        row["object"] for row in of(rows, "operator")
    }
    for who in ("partner", "partner2", "applicant", "health", "finance"):
        assert allowed(rows, who) == []


@pytest.mark.parametrize("who", ["applicant", "assessor", "citizen", "government", "expert_on_panel", "without_role"])
def test_who_has_no_part_in_chapter_4_finds_nothing_there(kept, who):
    rows = [row for row in of(kept, *TENANTS) if not row["object"].startswith(RULES)]
    assert allowed(rows, who) == []


def test_a_department_sees_only_what_has_its_resources(kept):
    """All of one operator and its partner is about the health department's resource, nothing of the others is."""
    assert allowed(of(kept, "outsider", "partner2", "transport"), "health") == []
    seen = {row["object"] for row in allowed(of(kept, "operator", "partner"), "health") if row["route"] == CASE}
    assert seen == {
        "operator's request", "operator's use agreement", "operator's need", "operator's objection",
        "partner's request", "partner's use agreement",
    }  # fmt: skip


@pytest.mark.parametrize("who", ["finance", "cyberspace", "government"])
def test_supervising_bodies_change_nothing_in_chapter_4(kept, who):
    assert [row for row in allowed(of(kept, *TENANTS), who) if row["method"] != "GET"] == []


@pytest.mark.parametrize("who", ADMINISTRATORS)
def test_administrators_see_no_case_of_chapter_4(kept, who):
    assert allowed(of(kept, *TENANTS, "transport"), who) == []


def test_what_a_grant_gives_is_taken_by_its_user_alone(kept):
    exports = [row for row in kept if "exports" in row["route"] and row["object"].endswith("grant")]
    for tenant in ("operator", "partner", "partner2"):
        rows = [row for row in of(exports, tenant) if row["method"] == "POST" or "export>" in row["route"]]
        assert rows
        assert {name for row in rows for name, value in row.items() if value == routes.ALLOWED} == {tenant}


def test_a_call_passes_for_the_user_of_a_grant_and_for_whose_gateways_ask(kept):
    """The platform's operator and the bureau ask for their users; everybody else hears the same no."""
    rows = {row["object"]: row for row in kept if row["route"] == ACCESS}
    assert {what: {name for name, value in row.items() if value == routes.ALLOWED} for what, row in rows.items()} == {
        "operator's grant": {"bureau", "operator"},
        "partner's grant": {"bureau", "operator", "partner"},
        "partner2's grant": {"bureau", "outsider", "partner2"},
    }


def test_a_draft_is_not_published(kept):
    rows = [row for row in kept if row["object"] == "document in draft" and row["route"].startswith("/documents/")]
    assert rows
    assert {value for row in rows for value in list(row.values())[3:]} == {"404"}


def test_a_published_call_is_changed_by_the_bureau_alone(kept):
    rows = [row for row in kept if row["object"].startswith("published call") and row["method"] != "GET"]
    assert {name for row in rows for name, value in row.items() if value == routes.ALLOWED} == {"bureau", "bureau_lead"}
    lead = {row["route"] for row in allowed(rows, "bureau_lead")}
    assert lead == {"/cases/<slug:plural>/<slug:number>/remarks/"}


def test_nobody_at_all_takes_a_step_of_the_system(kept):
    rows = [row for row in kept if row["object"].endswith(("complete_scoring", "complete_consultation", "bind"))]
    assert rows
    assert {value for row in rows for value in list(row.values())[3:]} == {"401", "403", "404"}


def test_a_new_kind_of_argument_stops_the_suite(story):
    """A route that the table can't fill must be thought about, not left out."""
    with pytest.raises(KeyError):
        list(routes.requests_of("new/<uuid:thing>/", path("new/<uuid:thing>/", print, name="new"), world.World({})))
