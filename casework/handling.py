"""Handling inside an office: who handles a case, passing it on, asking a colleague.

A kind of case puts the ready-made steps into its class body, under these names and with the article its office works
under:

    assign_handler = handling.assign(article="9", source=[…], by=[the_bureau])
    consult_colleague = handling.consult(article="9", source=[…], by=[the_bureau])
    answer_colleague = handling.answer(article="9", source=[…], by=[the_bureau])

They keep the state and are inside steps: only people of the same organisation learn of them. The handler is for
orientation and answers for the case to the office; colleagues of the role may still act, because an absence must not
stop a case. The bureau's supervisor assigns and is asked wherever the bureau is a side.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from accounts.queries import holders, roles_held
from accounts.roles import Role
from casework import effects
from casework.guards import guard
from casework.inputs import Input
from casework.models.case import Case
from casework.models.handling import Consultation, Handler
from casework.states import Owner, Party, the_bureau, the_supervisor
from casework.step import step, steps_of

STEPS = ("assign_handler", "consult_colleague", "answer_colleague")
ANSWER = "answer"
"""The errand of a colleague who was asked (see `Task.errand`)."""
QUESTION_SHOWN = 300


# --- the office ---------------------------------------------------------------------------------------------


def _office(by: Sequence[Party]) -> tuple[Party, ...]:
    """The sides, and with the bureau its supervisor."""
    return (*by, the_supervisor) if the_bureau in by else tuple(by)


def _roles(case: Case, by: Actor, step_name: str) -> list[Role]:
    """The roles in which people of the actor's organisation act on the side of a step; the supervisor's comes last."""
    sides = steps_of(type(case))[step_name].by
    return [role for side in sides if side.includes(case, by) for role in side.roles]


def _candidates(case: Case, by: Actor) -> QuerySet[User]:
    """Who can handle the case in the actor's office: of its roles those whose turn it is, or all where it is not."""
    roles = [role for role in _roles(case, by, "assign_handler") if role != Role.BUREAU_LEAD]
    turn = case.current.owner.roles if case.current.owner else ()
    return holders([role for role in roles if role in turn] or roles, by.organisation)


def _colleagues(case: Case, by: Actor) -> QuerySet[User]:
    """Who can be asked: everybody on the actor's side in the office, the supervisor too."""
    return holders(_roles(case, by, "consult_colleague"), by.organisation).exclude(pk=by.person.pk)


def handler_of(case: Case, actor: Actor) -> Handler | None:
    """Who handles the case in the actor's organisation."""
    return Handler.objects.of(case).visible_to(actor).select_related("person", "assigned_by").first()


def handlers_of(rows: Iterable, actor: Actor) -> Mapping[tuple[str, int], Handler]:
    """The handlers in the actor's organisation of the cases that rows refer to, by kind and key; one query."""
    wanted = {(row.case_kind, row.case_id) for row in rows}
    kinds, ids = {kind for kind, _pk in wanted}, {pk for _kind, pk in wanted}
    found = Handler.objects.visible_to(actor).filter(case_kind__in=kinds, case_id__in=ids).select_related("person")
    return {(one.case_kind, one.case_id): one for one in found}


def _may_pass_on(held: Handler | None, by: Actor) -> bool:
    """Whether the actor chooses among the colleagues, and does not just take the case over."""
    own = {by.person.pk, by.on_behalf_of.pk if by.on_behalf_of else None}
    return held is None or held.person_id in own or by.has(Role.BUREAU_LEAD)


def _open_questions(case: Case, by: Actor) -> QuerySet[Consultation]:
    mine = Consultation.objects.of(case).visible_to(by).filter(asked=by.person, answered_at=None)
    return mine.select_related("asked_by")


def shown(case: Case, actor: Actor) -> dict | None:
    """Handler and questions as the page and the API show them to the actor's office; None where a kind has neither."""
    if STEPS[0] not in steps_of(type(case)):
        return None
    questions = Consultation.objects.of(case).visible_to(actor).select_related("asked_by", "asked")
    return {"handler": handler_of(case, actor), "consultations": list(questions)}


# --- what the steps ask for ------------------------------------------------------------------------------------


def _named(people: Iterable[User]) -> list[tuple[str, str]]:
    return [(str(person.pk), person.name) for person in people]


def _choice(label: str, choices: list[tuple[str, str]]) -> Input:
    """A choice that is made already where there is only one."""
    return Input(kind="choice", label=label, choices=choices, initial=choices[0][0] if len(choices) == 1 else None)


def _new_handlers(case: Case, by: Actor) -> list[tuple[str, str]]:
    if by.organisation is None:
        return []
    held, people = handler_of(case, by), _candidates(case, by)
    if not _may_pass_on(held, by):
        people = people.filter(pk=by.person.pk)
    return _named(people.exclude(pk=held.person_id) if held else people)


def assignment(case: Case, *, by: Actor) -> dict[str, Input]:
    """Who is to handle the case, and why, where somebody does already."""
    held = handler_of(case, by) if by.organisation else None
    return {
        "person": _choice(_("Handler"), _new_handlers(case, by)),
        "reason": Input(
            kind="text", label=_("Reason"), max_length=500, required=held is not None,
            help=_("Needed where somebody handles the case already."),
        ),
    }  # fmt: skip


def question(case: Case, *, by: Actor) -> dict[str, Input]:
    """Whom to ask, and what."""
    return {
        "person": _choice(_("Colleague"), _named(_colleagues(case, by)) if by.organisation else []),
        "question": Input(kind="longtext", label=_("Question"), max_length=2000),
    }


def reply(case: Case, *, by: Actor) -> dict[str, Input]:
    """Which question, and the answer."""
    asked = [
        (str(one.pk), f"{one.asked_by.name}: {one.question[:QUESTION_SHOWN]}") for one in _open_questions(case, by)
    ]
    return {
        "consultation": _choice(_("Question"), asked),
        "answer": Input(kind="longtext", label=_("Your answer"), max_length=4000),
    }


# --- conditions, under the article of the step -------------------------------------------------------------------


@guard(
    "",
    otherwise=_("There is nobody else in your office to whom the case could be given."),
    remedy=_("The security administrator enters colleagues and their roles."),
)
def somebody_to_handle(case, *, by: Actor) -> bool:
    """Somebody else of the office can handle the case, or the actor can take it over."""
    return bool(_new_handlers(case, by))


@guard(
    "",
    otherwise=_("There is no colleague in your office who could be asked."),
    remedy=_("The security administrator enters colleagues and their roles."),
)
def somebody_to_ask(case, *, by: Actor) -> bool:
    """The office has another person on this side of the case."""
    return by.organisation is not None and _colleagues(case, by).exists()


@guard("", otherwise=_("No colleague's question waits for your answer."))
def asked_by_a_colleague(case, *, by: Actor) -> bool:
    """A question to the actor is open."""
    return by.organisation is not None and _open_questions(case, by).exists()


# --- the steps ------------------------------------------------------------------------------------------------


def assign(*, article: str, source: Sequence[str], by: Sequence[Party]) -> Callable:
    """The step `assign_handler`: by the supervisor and the handler to a colleague, by others to themselves.

    While nobody handles the case, anybody of the office chooses among all.
    """

    @step(
        label=_("Assign a handler"), article=article, source=source, by=_office(by), inputs=assignment,
        guards=[somebody_to_handle], tone="secondary", inside=True,
        explain=_("The handler and the supervisor pass a case on; anybody else can take it over."),
    )  # fmt: skip
    def assign_handler(self, *, by, on, person, reason):
        held = handler_of(self, by)
        Handler.objects.update_or_create(
            case_kind=self.kind, case_id=self.pk, organisation=by.organisation,
            defaults={
                "case_number": self.number, "person_id": int(person), "since": on, "assigned_by": by.person,
                "reason": reason,
            },
        )  # fmt: skip
        if int(person) != by.person.pk:
            effects.tell(self, "assigned", int(person), by=by, on=on)
        return {"handler": int(person), "before": held.person_id if held else None}

    return assign_handler


def consult(*, article: str, source: Sequence[str], by: Sequence[Party]) -> Callable:
    """The step `consult_colleague`: a question to one person of the office, who gets a task and a notice."""

    @step(
        label=_("Ask a colleague"), article=article, source=source, by=_office(by), inputs=question,
        guards=[somebody_to_ask], tone="secondary", inside=True,
        explain=_("Question and answer stay in your office. The case goes on meanwhile, and its limit runs."),
    )  # fmt: skip
    def consult_colleague(self, *, by, on, person, question):
        asked = User.objects.get(pk=person)
        Consultation.objects.create(
            **Consultation.refers(self), organisation=by.organisation, asked_by=by.person, asked=asked,
            question=question, asked_at=on,
        )  # fmt: skip
        held = roles_held(asked, by.organisation)
        role = next(role for role in _roles(self, by, "consult_colleague") if role in held)
        effects.open_errand(self, Owner(by.organisation.pk, role, asked.pk), ANSWER, on=on)
        effects.tell(self, "question", asked.pk, by=by, on=on)
        return {"asked": asked.pk}

    return consult_colleague


def answer(*, article: str, source: Sequence[str], by: Sequence[Party]) -> Callable:
    """The step `answer_colleague`: only for who was asked; closes that person's task with the last open question."""

    @step(
        label=_("Answer a colleague"), article=article, source=source, by=_office(by), inputs=reply,
        guards=[asked_by_a_colleague], inside=True,
    )  # fmt: skip
    def answer_colleague(self, *, by, on, consultation, answer):
        row = _open_questions(self, by).get(pk=consultation)
        row.answer, row.answered_at = answer, on
        row.save(update_fields=["answer", "answered_at"])
        if not _open_questions(self, by).exists():
            effects.close_errand(self, by.person, ANSWER, by=by, on=on)
        effects.tell(self, "answer", row.asked_by_id, by=by, on=on)
        return {"answers": row.asked_by_id}

    return answer_colleague
