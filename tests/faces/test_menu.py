"""The side menu: what a role sees, in sections, every line of it leading somewhere."""

import re

import pytest

from casework.kinds import kinds
from casework.menu import menu_for
from futian_portal.menu import SECTIONS

PEOPLE = [
    "bureau", "bureau_lead", "government", "finance", "health", "operator", "partner", "expert1", "assessor",
    "citizen", "sysadmin", "auditadmin",
]  # fmt: skip


def menu(actor, path="/", **counts):
    return {str(section.heading): section.items for section in menu_for(actor, path, counts)}


@pytest.mark.parametrize("who", PEOPLE)
def test_every_line_of_the_menu_opens_for_who_sees_it(story, page, who):
    desk = page(story.cast[who])
    items = [item for lines in menu(story.cast[who]).values() for item in lines]
    assert items
    for item in items:
        answer = desk.client.get(item.url, follow=True)
        assert answer.status_code == 200, item
        assert item.icon


def test_every_kind_stands_in_a_section_for_its_audience_alone(story):
    for model in kinds().values():
        assert model.menu_group in SECTIONS
        for who in PEOPLE:
            actor = story.cast[who]
            shown = {item.url for item in menu(actor).get(str(SECTIONS[model.menu_group]), ())}
            assert (f"/cases/{model.plural}/" in shown) == actor.has(*model.audience), (model.kind, who)


def test_administrators_have_no_work_and_nobody_else_the_administration(story):
    assert "" not in menu(story.cast.sysadmin)
    assert [item.url for item in menu(story.cast.sysadmin)["Administration"]] == ["/admin/"]
    assert "Administration" not in menu(story.cast.bureau)


def test_a_section_without_lines_is_not_shown(story):
    assert list(menu(story.cast.citizen)) == ["", "Reference"]


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/inbox/done/", ["/inbox/"]),
        ("/experts/new/", ["/experts/"]),
        ("/cases/calls/TZ-2026-0001/", ["/cases/calls/"]),
        ("/notices/", []),
    ],
)
def test_the_line_under_which_a_page_lies_is_marked(story, path, marked):
    lines = menu(story.cast.bureau, path).values()
    assert [item.url for section in lines for item in section if item.active] == marked


def test_the_number_of_what_waits_stands_behind_its_line(story, page):
    story.application("qualification_review")
    [to_do] = menu(story.cast.bureau, waiting="7")[""]
    assert (to_do.count, to_do.url) == ("7", "/inbox/")
    html = page(story.cast.bureau).open("inbox").content.decode()
    assert re.search(r'To do</span><span class="count">1</span>', html)
