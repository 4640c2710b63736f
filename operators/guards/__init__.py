"""The conditions of chapter 3 under which a step may be taken. They read; they never write."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from casework.guards import guard
from regulation import rules


def rules_today() -> rules.RuleSet:
    """The rules in force today, or the last ones: for what is asked before a case has a rule set of its own."""
    return rules.in_force_or_last(timezone.localdate())


# --- the call ------------------------------------------------------------------------------------------------


@guard("10", otherwise=_("The window for applications must end after it begins."))
def window_not_empty(call):
    return call.opens_at < call.closes_at


@guard(
    "10",
    otherwise=_("The window for applications has already ended."),
    remedy=_("Change the call and set a window that lies ahead."),
)
def window_ahead(call, *, on: datetime):
    return on < call.closes_at


@guard(
    "11",
    otherwise=_("No supervising body is named to be consulted."),
    remedy=_("Change the call and choose at least one."),
)
def bodies_chosen(call):
    return call.consulted.exists()


@guard(
    "11",
    otherwise=_("A panel has an odd number of experts."),
    remedy=_("Change the call and choose an odd number."),
)
def seats_odd(call):
    return call.seats % 2 == 1 or not call.rules.setting("panel_odd").value


@guard("10", otherwise=_("The window for applications has not begun."))
def window_begun(call, *, on: datetime):
    return call.opens_at <= on


@guard("10", otherwise=_("The window for applications has not ended."))
def window_ended(call, *, on: datetime):
    return call.closes_at <= on


@guard("10", otherwise=_("Applications to this call have been handed in; it can't be withdrawn any more."))
def nothing_handed_in(call):
    return not call.applications.exclude(submitted_at=None).exists()


@guard("11", otherwise=_("Not every application of this call has been decided."))
def all_applications_decided(call):
    undecided = call.applications.exclude(submitted_at=None).exclude(
        state__in=["approved", "agreed", "refused", "withdrawn"]
    )
    return [application.number for application in undecided[:10]]


# --- the application -----------------------------------------------------------------------------------------


@guard(
    "10",
    otherwise=_("Applications are taken inside the window of the call only."),
    remedy=_("A draft that was begun is kept as it is. Later calls appear on the public page of calls."),
)
def window_open(application, *, on: datetime):
    call = application.call
    if call.takes_applications(on):
        return True
    if call.state == "withdrawn":
        return [_("The call has been withdrawn.")]
    begin, end = (timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") for moment in (call.opens_at, call.closes_at))
    return [gettext("Window: from %(begin)s until before %(end)s, Beijing time.") % {"begin": begin, "end": end}]


@guard("10", otherwise=_("Your organisation already has an application to this call."))
def first_application(application):
    others = application.call.applications.filter(organisation=application.organisation).exclude(state="withdrawn")
    return not others.exclude(pk=application.pk).exists()


@guard(
    "9",
    otherwise=_("The application is not complete."),
    remedy=_("Open the sections named and complete them."),
)
def answers_complete(application):
    return [str(lacking) for lacking in application.lacking()]


@guard("9", otherwise=_("Not every point has been judged."), remedy=_("Judge each point of the checklist first."))
def all_points_judged(application):
    return [point.title for point in application.points() if point.code not in application.judged()]


@guard("9", otherwise=_("Not every point is met."))
def all_points_met(application):
    return [point.title for point in application.points() if not application.judged().get(point.code, True)]


@guard("9", otherwise=_("Every point judged so far is met; there is nothing to correct or to refuse."))
def some_point_not_met(application):
    return not all(application.judged().values())


@guard(
    "9",
    otherwise=_("The day by which the application had to be corrected has passed."),
    remedy=_("Ask the bureau whether it sets a new day."),
)
def correction_in_time(application, *, on: datetime):
    limit: date | None = application.correct_by
    return limit is None or timezone.localdate(on) <= limit


@guard("9", otherwise=_("The day by which the application has to be corrected has not passed."))
def correction_overdue(application, *, on: datetime):
    return application.correct_by is not None and timezone.localdate(on) > application.correct_by


@guard(
    "11",
    otherwise=_("The pool has too few experts in this field without a conflict of interest."),
    remedy=_("Add experts to the pool, or choose another number of seats in a new call."),
)
def enough_experts(application):
    pool, needed = application.pool(), application.seats_to_fill()
    if len(pool.eligible) >= needed:
        return True
    facts = {"needed": needed, "available": len(pool.eligible), "excluded": len(pool.excluded)}
    words = gettext("Needed: %(needed)s; available: %(available)s; left out for a conflict of interest: %(excluded)s.")
    return [words % facts]


@guard("11", otherwise=_("Every expert who sits has scored."))
def score_awaited(application):
    return application.awaited_seats().exists()


@guard("11", otherwise=_("Every seat of the panel is taken."))
def seat_vacant(application):
    return application.seats_to_fill() > 0


@guard("11", otherwise=_("You have scored this application already; a score is given once."))
def not_yet_scored(application, *, by: Actor):
    return not application.seats.filter(expert__person=by.person, score__isnull=False).exists()


@guard(
    "5(4)",
    otherwise=_("You have a conflict of interest with this applicant."),
    remedy=_("Step back; another expert is drawn in your place."),
)
def without_conflict(application, *, by: Actor):
    seats = application.sitting().filter(expert__person=by.person).select_related("expert__employer")
    return not any(seat.expert.conflict_with(application.organisation) for seat in seats)


@guard("11", otherwise=_("Not every expert of the panel has scored."))
def all_seats_scored(application):
    return application.seats_to_fill() == 0 and not application.sitting().filter(score=None).exists()


@guard("11", otherwise=_("Your organisation has given its opinion already."))
def opinion_not_given(application, *, by: Actor):
    return by.organisation is None or not application.opinions.filter(organisation=by.organisation).exists()


@guard("11", otherwise=_("Not every supervising body named in the call has given its opinion."))
def all_opinions_in(application):
    given = application.opinions.values("organisation")
    return [body.name for body in application.call.consulted.exclude(pk__in=given)]


# --- the agreement -------------------------------------------------------------------------------------------


@guard("12", otherwise=_("An agreement is drawn up only with an applicant whom the district government has approved."))
def application_approved(agreement):
    return agreement.application.state == "approved"


@guard(
    "11",
    otherwise=_("The results of the call have not been published yet."),
    remedy=_("Publish the results of the call first."),
)
def results_published(agreement):
    return agreement.application.call.state == "decided"
