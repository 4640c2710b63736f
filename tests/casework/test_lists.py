"""Lists of cases: what they find, and that no row is found twice."""

import pytest
from django.utils import timezone

from casework.kinds import kinds
from casework.overview import CaseList
from operators.models import OperatorApplication

READERS = ["bureau", "bureau_lead", "finance", "government", "health", "operator", "applicant", "partner", "expert1"]


def found(actor, text: str, model=OperatorApplication) -> list[str]:
    return [row.case.number for row in CaseList.read(model, actor, {"q": text}, on=timezone.now()).rows]


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("kind", sorted(kinds()))
def test_what_a_reader_sees_is_asked_without_a_join_to_many(story, kind, who):
    """Such a join would give rows twice, and taking them out again reads and sorts the whole table."""
    query = kinds()[kind].objects.visible_to(story.cast[who]).query
    joined = [join.join_field for join in query.alias_map.values() if getattr(join, "join_field", None)]
    assert [field for field in joined if field.one_to_many or field.many_to_many] == []
    assert not query.distinct


def test_a_body_consulted_among_others_finds_each_application_once(story):
    case = story.application("qualification_review", bodies=("finance", "cyberspace"))
    assert found(story.cast.finance, "") == found(story.cast.cyberspace, "") == [case.number]


@pytest.mark.parametrize("text", ["SQ-2026-0001", "sq-2026-0001", "SQ-2", "0001", "2026-0001", "Applicant", "plican"])
def test_a_case_is_found_by_number_and_by_organisation(story, text):
    case = story.application("qualification_review")
    assert found(story.cast.bureau, text) == [case.number]


@pytest.mark.parametrize("text", ["SQ-2025", "SQ-2026-0002", "0002", "Nobody", "XY-2026-0001"])
def test_nothing_else_is_found(story, text):
    story.application("qualification_review")
    assert found(story.cast.bureau, text) == []


@pytest.mark.parametrize("text", ["Transport A3", "3", "A3"])
def test_digits_in_a_title_are_looked_for_there_too(story, text):
    call = story.call("open", subject="Transport A3 data")
    assert found(story.cast.bureau, text, type(call)) == [call.number]
