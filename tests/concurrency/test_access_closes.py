"""Suspending or ending anything above a grant closes it at once, and resuming opens it again without repair."""

import asyncio
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from django.conf import settings as portal
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from accounts import tokens
from authorizations import exports
from authorizations.jobs import sweep_use_agreements
from authorizations.models import Export, Grant
from operators.models import OperatingAgreement
from scripts.callers import Question, hammer
from tests.desk import Api
from tests.story import NOW

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS = 200


def token_of(actor) -> str:
    return tokens.issue(actor.person, actor.organisation, read_only=False, days=1)[0]


def cookie_of(actor) -> str:
    client = Client()
    client.force_login(actor.person)
    return f"{portal.SESSION_COOKIE_NAME}={client.cookies[portal.SESSION_COOKIE_NAME].value}"


def address(grant: Grant) -> str:
    asked = {"grant": grant.code, "resource": grant.resource.code, "scenario": grant.scenario.code}
    return f"/api/v1/access-decision/?{urlencode(asked)}"


def hammering(callers):
    """What a crowd of callers brings home; in a thread of its own, since the browser keeps its loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, callers).result()


def posted(port: int, path: str, token: str, body: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


async def asked_since(answers: list, moment: float, questions: int, *, at_least: int) -> None:
    """Wait until every question has been answered that was asked after a moment, and so many have been in all."""
    for _tenth in range(600):
        since = [one.question for one in answers if one.asked > moment]
        if len(since) >= at_least and len(set(since)) == questions:
            return
        await asyncio.to_thread(time.sleep, 0.1)
    raise TimeoutError("some question is never answered")


def test_two_hundred_callers_meet_no_open_door_after_the_suspension_was_answered(data_story, now, served):
    now.move_to(NOW, tick=True)
    grant, cast = data_story.grant("partner"), data_story.cast
    waiting = exports.order(grant, by=cast.partner, at=timezone.now())
    made = exports.order(grant, by=cast.partner, at=timezone.now())
    Export.objects.filter(pk=waiting.pk).update(ordered_at=timezone.now() + timedelta(days=1))
    Export.objects.filter(pk=made.pk).update(finished_at=timezone.now(), sha256="0" * 64)
    made.refresh_from_db()
    made.file.save("export.xlsx", ContentFile(b"x"))
    bearer = {"Authorization": f"Bearer {token_of(cast.partner)}"}
    session = {"Cookie": cookie_of(cast.partner)}
    questions = [
        Question(address(grant), bearer),
        Question(address(grant), {"Authorization": f"Bearer {token_of(cast.bureau)}"}),
        Question(address(grant), {"Authorization": f"Bearer {token_of(cast.operator)}"}),
        Question(address(grant), session),
        Question(f"/grants/{grant.code}/dictionary.xlsx", session),
        Question(f"/api/v1/grants/{grant.code}/dictionary/", bearer),
        Question(f"/grants/{grant.code}/exports/{made.code}/", session),
    ]  # fmt: skip
    agreement = data_story.operating_agreement()
    path = f"/api/v1/{agreement.plural}/{agreement.number}/actions/suspend/"
    token, over, told = token_of(cast.bureau), [], []

    async def suspend(answers):
        await asked_since(answers, 0, len(questions), at_least=CALLERS)
        status = await asyncio.to_thread(posted, served, path, token, '{"reason": "Logs were not kept."}')
        told.append((status, time.perf_counter()))
        await asked_since(answers, told[0][1], len(questions), at_least=CALLERS)
        over.append(True)

    answers = hammering(hammer(served, questions, callers=CALLERS, until=lambda: bool(over), meanwhile=suspend))
    ((status, answered),) = told
    assert status == 200
    before = Counter((one.question, one.status) for one in answers if one.answered < answered)
    after = Counter((one.question, one.status) for one in answers if one.asked > answered)
    assert {question for question, code in before if code == 200} == set(range(len(questions))), before
    assert {code for _question, code in after} <= {403, 409}, after
    assert {question for question, _code in after} == set(range(len(questions)))
    assert not any(one.status >= 500 for one in answers)
    # What waited is refused, and says why.
    while exports.make_next():
        pass
    waiting.refresh_from_db()
    assert (waiting.is_made, waiting.refused_code) == (False, "operating-agreement-not-in-force")
    # Resuming needs no repair.
    assert posted(served, path.replace("suspend", "resume"), token, '{"reason": "Rectified."}') == 200
    again = Counter(hammering(once_each(served, questions)))
    assert again == {200: len(questions)}


async def once_each(port: int, questions: list[Question]) -> list[int]:
    from_all = []
    for question in questions:
        count = []
        answers = await hammer(port, [question], callers=1, until=lambda count=count: bool(count) or count.append(1))
        from_all += [one.status for one in answers]
    return from_all


# --- each thing above a grant, without the crowd --------------------------------------------------------------------


def item_verb(verb: str):
    def act(story, grant):
        case = type(grant.request).objects.get(pk=grant.request_id)
        getattr(case, verb)(by=story.cast.health, items=[str(grant.item_id)], reason="Used otherwise than agreed.")

    return act


def use_verb(verb: str):
    return lambda story, grant: getattr(grant.agreement, verb)(by=story.cast.bureau, reason="A breach was found.")


def operating(verb: str, **more):
    def act(story, grant):
        agreement = OperatingAgreement.objects.get(organisation=grant.operator)
        getattr(agreement, verb)(by=story.cast.bureau, reason="Logs were not kept.", **more)

    return act


def partner(verb: str):
    def act(story, grant):
        partnership = type(grant.partnership).objects.get(pk=grant.partnership_id)
        getattr(partnership, verb)(by=story.cast.operator, reason="Data were used outside the scenario.")

    return act


def end_service(story, grant):
    agreement = grant.partnership.agreements.get(state="effective")
    agreement.terminate(by=story.cast.operator, reason="Fees were not paid.")


def withdraw_consent(story, grant):
    consent = grant.scenario.consents.get()
    grant.agreement.withdraw_consent(by=story.cast.partner, consent=str(consent.pk), reason="A subject withdrew.")


def delist(story, grant):
    grant.resource.delist(by=story.cast.health, reason="No longer kept.")


def resume_partner(story, grant):
    type(grant.partnership).objects.get(pk=grant.partnership_id).resume(by=story.cast.operator, reason="Rectified.")


def list_again(story, grant):
    resource = type(grant.resource).objects.get(pk=grant.resource_id)
    resource.submit_again(by=story.cast.health)
    resource.enlist(by=story.cast.bureau)


def consent_again(story, grant):
    story.consent(type(grant.agreement).objects.get(pk=grant.agreement_id))


CLOSINGS = {
    "operating agreement suspended": (operating("suspend"), "operating-agreement-not-in-force", operating("resume")),
    "operating agreement terminated": (
        operating("terminate", ground="termination"), "operating-agreement-not-in-force", None,
    ),
    "partner suspended": (partner("suspend"), "partner-not-in-standing", resume_partner),
    "partner leaving": (partner("begin_exit"), "partner-not-in-standing", None),
    "service agreement ended": (end_service, "service-agreement-not-in-force", None),
    "authorization suspended": (
        item_verb("suspend_authorization"), "authorization-suspended", item_verb("resume_authorization"),
    ),
    "authorization revoked": (item_verb("revoke_authorization"), "authorization-revoked", None),
    "use agreement suspended": (use_verb("suspend"), "use-agreement-not-in-force", use_verb("resume")),
    "use agreement terminated": (use_verb("terminate"), "use-agreement-not-in-force", None),
    "resource taken out": (delist, "resource-not-offered", list_again),
    "consent withdrawn": (withdraw_consent, "consent-missing", consent_again),
}  # fmt: skip


def doors(grant: Grant, desk: Api) -> list[int]:
    """What the gateway's question, the field list and the order of an export answer."""
    export = f"/api/v1/grants/{grant.code}/exports/"
    paths = (address(grant), f"/api/v1/grants/{grant.code}/dictionary/")
    return [*(desk.get(path).status_code for path in paths), desk.post(export).status_code]


@pytest.fixture
def sensitive_grant(data_story) -> Grant:
    """A usable grant of the partner on a resource with personal information."""
    resource = data_story.resource(personal_information="yes")
    text = {"use_from": NOW.date(), "use_until": NOW.date() + timedelta(days=300)}
    agreement = data_story.use_agreement("consent", who="partner", resources=[resource], **text)
    data_story.consent(agreement)
    return agreement.grants.get()


@pytest.mark.parametrize("closing", CLOSINGS)
def test_each_thing_above_a_grant_closes_it_and_opens_it_again(data_story, sensitive_grant, closing):
    close, code, reopen = CLOSINGS[closing]
    desk, grant = Api(data_story.cast.partner), sensitive_grant
    assert doors(grant, desk) == [200, 200, 201]
    close(data_story, grant)
    assert doors(grant, desk) == [403, 409, 409]
    answer = desk.get(address(grant))
    assert (answer.json()["code"], answer["X-Access-Reason"]) == (code, code)
    assert exports.make_next()
    assert Export.objects.get().refused_code == code
    if reopen is not None:
        reopen(data_story, Grant.objects.get(pk=grant.pk))
        assert doors(grant, desk) == [200, 200, 201]


@pytest.mark.parametrize(("day", "code"), [("agreement", "use-agreement-not-in-force"), ("consent", "consent-missing")])
def test_time_alone_closes_a_grant_before_any_job_has_run(data_story, now, day, code):
    resource = data_story.resource(personal_information="yes")
    ends = {"agreement": 200, "consent": 100}
    text = {"use_from": NOW.date(), "use_until": NOW.date() + timedelta(days=ends["agreement"])}
    agreement = data_story.use_agreement("consent", who="partner", resources=[resource], **text)
    valid_until = NOW.date() + timedelta(days=ends["consent"]) if day == "consent" else None
    data_story.consent(agreement, valid_until=valid_until)
    grant = agreement.grants.get()
    now.move_to(NOW + timedelta(days=ends[day]))
    asked = (address(grant), data_story.cast.partner)
    assert Api(asked[1]).get(asked[0]).status_code == 200
    now.move_to(NOW + timedelta(days=ends[day] + 1))
    answer = Api(asked[1]).get(asked[0])
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    if day == "agreement":
        assert sweep_use_agreements(now=timezone.now()) == 1
        assert Api(asked[1]).get(asked[0]).json()["code"] == code
