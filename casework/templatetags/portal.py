"""What templates need to show a page: icons, dates, articles, lights, tables, pictures. Presentation only."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from casework.drawing import days as strip
from casework.drawing import states as diagram
from regulation import articles, rules

register = template.Library()

SYMBOLS = {"in_time": "●", "due_soon": "▲", "overdue": "■", "paused": "‖"}


@register.inclusion_tag("components/icon.html")
def icon(name: str) -> dict:
    """A decorative icon of `static/icons/sprite.svg`; the words stand beside it."""
    return {"name": name}


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as officials write it in tables, 2026-01-05; that of Beijing for a moment; empty for None."""
    if value is None:
        return ""
    return (timezone.localdate(value) if isinstance(value, datetime) else value).isoformat()


@register.filter
def local_time(value: datetime | None) -> str:
    """A moment to the minute in Beijing time, 2026-01-05 17:30; empty for None."""
    return "" if value is None else timezone.localtime(value).strftime("%Y-%m-%d %H:%M")


@register.filter
def weekday(value: date) -> str:
    """The short name of the day of the week, in the active language."""
    return date_format(value, "D")


@register.filter
def month(value: date) -> str:
    """The short name of the month, in the active language: 1月, Jan."""
    # Translators: Django's date format of a short month; "n" is its number.
    return date_format(value, pgettext("format of a month", "M"))


@register.filter
def as_rem(pixels: int) -> str:
    """A length in rem, 16 pixels each, so that a picture grows with the text in the larger mode."""
    return f"{pixels / 16:g}rem"


@register.filter
def article(code: str) -> str:
    """A citation such as `18(1)` in the active language: 第十八条第一款, Art. 18(1). Empty for an empty code."""
    return articles.label(code) if code else ""


@register.filter
def role_label(role: str, rule_set: rules.RuleSet | None = None) -> str:
    """What a role is called on screen by a rule set; by default the one in force today, or the last one that was."""
    return (rule_set or rules.in_force_or_last(timezone.localdate())).role_label(role)


@register.filter
def first_input_id(field: BoundField) -> str:
    """The id of the input a link of the error summary leads to: the first one, where a field has several."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.inclusion_tag("components/light.html")
def light(deadline, *, days: bool = False) -> dict:
    """A deadline as symbol, colour and words, with what it rests on behind them.

    Args:
        deadline: has `.light` (in_time, due_soon, overdue, paused), `.words`, `.due_on`, `.days` and `.clock` with
            `.article`, `.received_on`, `.provisional`; None shows nothing.
        days: whether to list each day counted; leave it off in lists.
    """
    if deadline is None:
        return {"deadline": None}
    listed = deadline.days if days else ()
    return {"deadline": deadline, "symbol": SYMBOLS[deadline.light], "days": listed}


@register.inclusion_tag("components/offer_buttons.html")
def offer_buttons(offers: Iterable, base: str) -> dict:
    """The steps offered on a case: the next obvious one first and filled, the closed ones with their reasons.

    Args:
        offers: `casework.step.Offer`s.
        base: the address that a step's name and a slash are put behind.
    """
    offers = list(offers)
    ready = [offer for offer in offers if offer.closed is None]
    obvious = next((offer for offer in ready if offer.step.tone == "primary"), None)
    ready.sort(key=lambda offer: (offer is not obvious, offer.step.tone == "danger"))
    return {"ready": ready, "obvious": obvious, "closed": [offer for offer in offers if offer.closed], "base": base}


@register.simple_block_tag
def table(content: str, caption: str, stack: bool = False) -> SafeString:
    """Wrap rows (thead, tbody) in a table that scrolls by itself on a narrow screen.

    Args:
        content: the rendered rows.
        caption: what the table lists; read out, not shown.
        stack: on a narrow screen make each row a card instead; its cells then carry `data-label`.
    """
    return format_html(
        '<div class="table-wrap" role="region" aria-label="{0}" tabindex="0"><table class="table{1}">'
        '<caption class="visually-hidden">{0}</caption>{2}</table></div>',
        caption,
        " table-stack" if stack else "",
        content,
    )


@register.simple_block_tag
def sheet(content: str, title: str = "", screen_only: bool = False) -> SafeString:
    """Wrap content in a white sheet with an optional heading; `screen_only` leaves it out on paper."""
    heading = format_html('<h2 class="sheet-title">{}</h2>', title) if title else ""
    extra = " screen-only" if screen_only else ""
    return format_html('<section class="sheet{}">{}{}</section>', extra, heading, content)


@register.inclusion_tag("components/state_diagram.html")
def state_diagram(
    states: Sequence[diagram.Node], edges: Sequence[diagram.Edge], current: str, done: Iterable[str] = ()
) -> dict:
    """The states of a case as a picture, the present one lit, and as a table."""
    done, labels = set(done), {state.name: state.label for state in states}
    rows = [
        {
            "label": state.label,
            "status": _status(state.name, current, done),
            "next": [labels[edge.target] for edge in edges if edge.source == state.name],
        }
        for state in states
    ]
    return {"picture": diagram.state_diagram(states, edges, current, done), "rows": rows}


def _status(name: str, current: str, done: set[str]) -> str:
    if name == current:
        return pgettext("state of a case", "now")
    return pgettext("state of a case", "passed") if name in done else ""


@register.inclusion_tag("components/day_strip.html")
def day_strip(days: Sequence[strip.CountedDay], due_on: date, today: date) -> dict:
    """The days of a limit as a picture and as a table."""
    picture = strip.day_strip(days, due_on, today)
    return {"picture": picture, "days": days, "provisional": any(one.provisional for one in days), "uid": "days"}
