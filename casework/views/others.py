"""The start page, notices, the rules in force, the ledger."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import ADMIN_ROLES, Role
from casework import keys, queries
from casework.ledger.models import Checkpoint, Entry
from casework.models.outbox import Notice
from casework.refusals import NotYourStep
from casework.views.faces import signed_in
from casework.words import WORDS
from regulation import rules
from regulation.models import CalendarYear


@require_safe
def home(request):
    """To everybody their first page: staff and parties the inbox, administrators theirs, the public the calls."""
    if not request.actor.is_authenticated:
        return redirect("public-calls")
    return redirect("admin:index" if request.actor.has(*ADMIN_ROLES) else "inbox")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def notices(request):
    """The person's notices, the latest first; marking them as read."""
    mine = Notice.objects.filter(person=request.actor.person)
    if request.method == "POST":
        mine.filter(read_at=None).update(read_at=timezone.now())
        return redirect("notices")
    latest = list(mine.select_related("message").order_by("-id")[:100])
    cases = queries.cases_of([notice.message for notice in latest])
    rows = [
        {
            "notice": notice,
            "text": WORDS[notice.message.kind],
            "case": cases[notice.message.case_kind, notice.message.case_id],
        }
        for notice in latest
        if (notice.message.case_kind, notice.message.case_id) in cases
    ]
    return render(request, "casework/notices.html", {"notices": rows, "unread": mine.filter(read_at=None).exists()})


@require_safe
@signed_in
def rules_page(request):
    """Which rules are in force, what they say in figures, and which calendars are published (Art. 42)."""
    today = timezone.localdate()
    context = {"rule_sets": rules.all_rule_sets(), "today": today, "years": CalendarYear.objects.order_by("-year")}
    context["now"] = rules.in_force_or_last(today)
    return render(request, "casework/rules.html", context)


@require_safe
@signed_in
def ledger(request):
    """The latest entries and checkpoints, for the audit administrator only."""
    if not request.actor.has(Role.AUDITADMIN):
        raise NotYourStep(_("The ledger is read by the audit administrator."))
    entries = Entry.objects.order_by("-seq")
    if (before := keys.number(request.GET.get("before", ""))) is not None:
        entries = entries.filter(seq__lt=before)
    rows = list(entries[:101])
    context = {
        "rows": queries.in_words(rows[:100]),
        "next": rows[99].seq if len(rows) > 100 else None,
        "checkpoints": Checkpoint.objects.order_by("-size")[:10],
    }
    return render(request, "casework/ledger.html", context)
