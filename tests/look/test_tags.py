"""The tags and filters that templates show things with."""

from datetime import UTC, date, datetime
from types import SimpleNamespace as Row

import pytest
from django.template import engines
from django.utils import translation

from casework.templatetags import portal
from tests.look import pages


def rendered(source: str, **context) -> str:
    return engines["django"].from_string("{% load portal %}" + source).render(context)


def test_a_moment_is_shown_to_the_minute_in_beijing_time():
    assert portal.local_time(datetime(2026, 1, 5, 9, 30, tzinfo=UTC)) == "2026-01-05 17:30"
    assert portal.local_time(None) == ""


def test_a_moment_late_in_the_day_of_utc_is_the_next_day_in_beijing():
    assert portal.day(datetime(2026, 1, 4, 16, 0, tzinfo=UTC)) == "2026-01-05"
    assert portal.day(date(2026, 1, 4)) == "2026-01-04"
    assert portal.day(None) == ""


def test_an_article_is_named_in_the_active_language():
    with translation.override("zh-hans"):
        assert portal.article("18(1)") == "第十八条第一款"
    with translation.override("en"):
        assert portal.article("18(1)") == "Art. 18(1)"
    assert portal.article("") == ""


def test_a_role_is_called_what_the_rule_set_calls_it():
    assert portal.role_label("bureau", Row(role_label=lambda role: f"the {role} of the next district")) == (
        "the bureau of the next district"
    )


@pytest.mark.parametrize(("light", "symbol"), [("in_time", "●"), ("due_soon", "▲"), ("overdue", "■"), ("paused", "‖")])
def test_a_light_has_symbol_and_words_beside_its_colour(light, symbol):
    shown = rendered("{% light one %}", one=pages.deadline(light, "<b>words</b>", date(2026, 9, 30)))
    assert f"light-{light}" in shown
    assert f'<span class="light-symbol" aria-hidden="true">{symbol}</span>' in shown
    assert "<span>&lt;b&gt;words&lt;/b&gt;</span>" in shown


def test_a_light_lists_each_day_counted_where_asked_to():
    one = pages.deadline("due_soon", "words", date(2026, 9, 30))
    shown = rendered("{% light one days=True %}", one=one)
    assert shown.count('<li class="counts">') == 5
    assert shown.count('<li class="off">') == 1
    assert "<li" not in rendered("{% light one %}", one=one)


def test_no_deadline_shows_nothing():
    assert rendered("{% light one %}", one=None).strip() == ""


def _offer(name: str, *, tone: str = "secondary", closed=None) -> Row:
    return Row(step=Row(name=name, label=f"label {name}", tone=tone, explain=f"explain {name}"), closed=closed)


def test_the_obvious_step_comes_first_and_alone_is_filled():
    offers = [
        _offer("refuse", tone="danger"),
        _offer("hold"),
        _offer("confirm", tone="primary"),
        _offer("go", tone="primary"),
    ]
    shown = rendered('{% offer_buttons offers "/c/1/steps/" %}', offers=offers)
    assert shown.count("btn-primary") == 1
    assert '<a class="btn btn-primary" href="/c/1/steps/confirm/">label confirm</a>' in shown
    assert shown.index("confirm/") < shown.index("hold/") < shown.index("refuse/")
    assert "explain confirm" in shown
    assert "explain hold" not in shown


def test_a_closed_step_is_no_link_and_says_why():
    refusal = Row(message="no <agreement>", article="18(1)", remedy="sign it")
    with translation.override("en"):
        shown = rendered('{% offer_buttons offers "/c/1/" %}', offers=[_offer("grant", tone="primary", closed=refusal)])
    assert "<a " not in shown
    assert 'class="btn btn-secondary" disabled>label grant</button>' in shown
    assert "no &lt;agreement&gt;" in shown
    assert "Art. 18(1)" in shown
    assert "sign it" in shown


def test_a_table_is_named_and_scrolls_by_itself():
    shown = rendered("{% table name stack=True %}<tbody></tbody>{% endtable %}", name='"><script>')
    assert "<script>" not in shown
    assert 'role="region" aria-label="&quot;&gt;&lt;script&gt;" tabindex="0"' in shown
    assert '<table class="table table-stack">' in shown
    assert "<tbody></tbody>" in shown


def test_a_sheet_may_be_left_out_on_paper():
    assert '<section class="sheet screen-only"><h2 class="sheet-title">A</h2>b</section>' in rendered(
        '{% sheet "A" screen_only=True %}b{% endsheet %}'
    )
