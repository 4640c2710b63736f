"""The catalogue's kinds of case: resource, need, objection."""

from authorizations.models import DataResource, Need, Objection, ResourceVersion
from tests.catalogue_story import ANSWER, NEED, REASON
from tests.kinds.told import Told, again, row_again
from tests.story import DAY, NOW

DEFECTS = {"defects": "Name the update cycle."}


def resource_inputs(story, case):
    return {
        "edit": lambda: story.resource_values(case.code, summary="Written anew."),
        "return_entry": lambda: DEFECTS,
        "return_revision": lambda: DEFECTS,
        "delist": lambda: REASON,
    }


def need_inputs(story, case):
    return {
        "edit": lambda: NEED | {"subject": "Opening days of clinics"},
        "close": lambda: REASON,
        "reopen": lambda: REASON,
        "route": lambda: story.routed_to("health"),
        "answer_directly": lambda: ANSWER,
        "decline": lambda: REASON,
        "answer": lambda: ANSWER,
        "hand_back": lambda: REASON,
    }


def objection_inputs(story, case):
    return {
        "edit": lambda: story.objection_values(case.resource, about="data"),
        "withdraw": lambda: REASON,
        "ask_department": lambda: {"question": "Is it?", "opinion_by": NOW.date() + 10 * DAY},
        "give_opinion": lambda: {"opinion": "It is."},
        "uphold": lambda: {"reasons": "It is aggregated.", "measure": "Graded anew."},
        "reject": lambda: {"reasons": "It is not."},
    }


def changed(story):
    case = story.resource("listed")
    return case.edit(by=story.cast.health, on=NOW, **story.resource_values(case.code, summary="Written anew."))


def incomplete(story):
    case = story.resource("draft")
    return case.edit(by=story.cast.health, on=NOW, **story.resource_values(case.code, summary=""))


def not_open(story):
    case = story.resource("draft")
    values = story.resource_values(case.code, openness="not_open", legal_basis="A law.")
    case.edit(by=story.cast.health, on=NOW, **values)
    # Past the form, which asks for the basis at once.
    DataResource.objects.filter(pk=case.pk).update(legal_basis="")
    case.refresh_from_db()
    return case


def nobody_named(story):
    case = story.resource("draft")
    organisation = case.organisation
    organisation.responsible_person = ""
    organisation.save()
    return case


def resource_again(case, number):
    copy = again(case, number, code=f"{case.code}-{number}", listed_version_id=None)
    if case.listed_version_id:
        version = row_again(case.listed_version, resource_id=copy.pk)
        DataResource.objects.filter(pk=copy.pk).update(listed_version=ResourceVersion.objects.get(pk=version.pk))
    return copy


def objection_again(case, number):
    return again(case, number, resource_id=resource_again(case.resource, number).pk)


def need_again(case, number):
    copy = again(case, number)
    for answer in case.answers.all():
        row_again(answer, need_id=copy.pk)
    return copy


KINDS = [
    Told(
        model=DataResource, name="resource",
        bring=lambda story, state: story.resource(state),
        begin=lambda story: (story.department("health"), story.resource_values("HE-900"))[1],
        inputs=resource_inputs,
        situations=lambda story: {
            "listed, changed": lambda: changed(story),
            "draft, incomplete": lambda: incomplete(story),
            "draft, not open without a basis": lambda: not_open(story),
            "draft, nobody responsible named": lambda: nobody_named(story),
        },
        prepared={"submit_revision": lambda story, case: changed(story)},
        listed=lambda story: story.resource("listed"), copy=resource_again,
    ),
    Told(
        model=Need, name="need",
        bring=lambda story, state: story.need(state),
        begin=lambda story: NEED,
        inputs=need_inputs,
        listed=lambda story: story.need("answered"), copy=need_again,
    ),
    Told(
        model=Objection, name="objection",
        bring=lambda story, state: story.objection(state),
        begin=lambda story: story.objection_values(story.resource()),
        inputs=objection_inputs, copy=objection_again,
    ),
]  # fmt: skip
