"""The shell, the forms and the pages of errors, rendered whole."""

import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tests.look import pages


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize("name", pages.PAGES)
def test_a_page_has_one_heading_of_the_first_rank_and_a_way_past_the_menu(name):
    html = pages.page(name)
    assert html.count("<h1>") == 1
    assert '<a class="skip-link" href="#main">' in html
    assert html.count('id="main"') == 1


def test_the_shell_says_for_whom_one_acts_and_on_whose_behalf():
    html = pages.page("inbox")
    assert f'<span class="acting-organisation">{pages.ORGANISATION}</span>' in html
    assert "On behalf of 李国伟" in html


def test_the_menu_marks_where_one_is():
    html = pages.page("inbox")
    assert html.count('aria-current="page"') == 2
    assert '<a href="#" aria-current="page">' in html


def test_the_menu_is_parted_under_headings_that_name_their_lists():
    html = pages.page("inbox")
    heading = r'<h2 class="side-menu-heading" id="(menu-\d+)">([^<]+)</h2>\s*<ul aria-labelledby="\1">'
    headings = re.findall(heading, html)
    assert [words for _id, words in headings] == ["目录与授权申请", "平台合作方", "运营单位遴选", "参考资料"]


def test_the_rules_in_force_and_their_end_are_in_sight():
    html = pages.page("inbox")
    assert pages.SHELL["rules_notice"] in html
    assert pages.SHELL["rules_in_force"] in html


def test_the_larger_mode_is_set_before_anything_is_drawn():
    asked = pages.request()
    error = pages.ENGINE.get_template("404.html")
    assert 'class="larger"' not in error.render({}, asked)
    asked.COOKIES["textsize"] = "large"
    assert '<html lang="en" class="larger">' in error.render({}, asked)


def test_the_summary_repeats_the_words_at_the_field_and_leads_there():
    html = pages.page("form")
    form = pages.correction_form()
    for name, messages in form.errors.items():
        field = form[name]
        target = field.id_for_label or f"{field.auto_id}_0"
        assert f'<a href="#{target}">{field.label}: {messages[0]}</a>' in html
        assert f'id="{target}"' in html
        assert f'id="{field.auto_id}_error"' in html


def test_an_error_and_the_help_are_tied_to_the_input():
    html = pages.page("form")
    assert 'aria-describedby="id_due_helptext id_due_error"' in html
    assert 'id="id_due_helptext"' in html
    assert '<fieldset aria-describedby="id_points_error">' in html


def test_optional_fields_are_marked_by_a_word():
    html = pages.page("form")
    optional = [field for field in pages.correction_form() if not field.field.required]
    assert html.count('<span class="optional">(optional)</span>') == len(optional) == 3


def test_what_was_typed_is_shown_again():
    assert "一、未附最近一期财务报表。</textarea>" in pages.page("form")


def test_fields_of_a_group_share_a_heading():
    html = pages.page("form")
    assert html.count("<legend>期限和送达</legend>") == 1
    group = html[html.index('<fieldset class="field-group">') :]
    assert group.index('id="id_due"') < group.index('id="id_copies"') < group.index('id="id_manner"')


def test_stock_phrases_belong_to_their_text():
    assert 'data-phrases-for="id_defects"' in pages.page("form")


def test_what_the_applicant_changed_is_marked_in_words():
    assert 'summary-row is-changed">' in pages.page("case")
    assert '<span class="tag tag-warn">Changed</span>' in pages.page("case")


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_an_error_says_what_to_do_next_with_or_without_a_request(template):
    for html in (pages.error_page(template), render_to_string(template)):
        assert " data-failed" in html
        assert "What you can do" in html
        assert html.count("<li>") >= 2


def test_a_refusal_speaks_in_its_own_words():
    refusal = pages.Row(status=409, message="No <agreement>.", article="18(1)", remedy="Sign it.", details=["Part 3"])
    html = pages.error_page("refused.html", refusal=refusal)
    assert "No &lt;agreement&gt;." in html
    assert "Art. 18(1)" in html
    assert "<li>Sign it.</li>" in html
    assert "<li>Part 3</li>" in html


@pytest.mark.parametrize(
    ("status", "heading"),
    [(403, "You may not do this"), (409, "This can&#x27;t be done now"), (412, "Somebody was faster")],
)
def test_each_kind_of_refusal_has_its_heading(status, heading):
    refusal = pages.Row(status=status, message="m", article="", remedy="", details=())
    html = pages.error_page("refused.html", refusal=refusal)
    assert f"<h1>{heading}</h1>" in html.replace("can't", "can&#x27;t")


def test_the_page_of_a_lost_session_says_that_nothing_is_lost():
    assert "Nothing is lost" in pages.error_page("403_csrf.html")
