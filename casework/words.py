"""What a notice says, by the kind of message."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "task": _("It is your turn."),
    "progress": _("Your case has moved on."),
    "due_soon": _("The last day is near."),
    "due_today": _("Today is the last day."),
    "overdue": _("The last day has passed."),
    "escalated": _("A task is overdue; please see to it."),
    "urged": _("You are asked to deal with this case soon."),
    "assigned": _("You now handle this case."),
    "question": _("A colleague asks you about this case."),
    "answer": _("A colleague has answered your question."),
    "agreement_ends": _("The agreement ends soon."),
}
