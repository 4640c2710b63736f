"""Citations: which the measures have, and how they are written."""

import pytest
from django.utils import translation

from regulation import articles
from regulation.articles import UnknownArticle, cite, numeral


@pytest.mark.parametrize(
    ("code", "zh"),
    [
        ("1", "第一条"),
        ("10", "第十条"),
        ("11", "第十一条"),
        ("20", "第二十条"),
        ("42", "第四十二条"),
        ("18(1)", "第十八条第一款"),
        ("18(3)", "第十八条第三款"),
        ("9(2)(2)", "第九条第二款第二项"),
        ("9(3)(7)", "第九条第三款第七项"),
        ("38(3)", "第三十八条第三款"),
        ("5(4)", "第五条第四项"),
        ("3(8)", "第三条第八项"),
        ("13(1)", "第十三条第一款"),
    ],
)
def test_a_citation_is_written_in_both_languages(code, zh):
    assert (cite(code).code, cite(code).zh, cite(code).en) == (code, zh, f"Art. {code}")


@pytest.mark.parametrize(
    "code",
    [
        "0", "43", "99", "9(4)", "9(0)", "9(3)(8)", "9(3)(0)", "9(1)(1)", "9(2)(3)", "18(4)", "5(8)", "5(1)(1)", "3(9)",
        "11(2)", "38(4)", "", "9(", "9(3)(7)(1)", "09", "9 (3)", "nine", "١", "Art. 9",
    ],
)  # fmt: skip
def test_what_the_measures_do_not_have_is_refused(code):
    with pytest.raises(UnknownArticle, match="^the measures have no Art. "):
        cite(code)


def test_each_of_the_42_articles_says_what_it_is_about():
    subjects = [cite(str(number)).subject for number in range(1, 43)]
    assert all(subject.zh and subject.en for subject in subjects)
    assert len({subject.zh for subject in subjects}) == 42


def test_the_label_follows_the_language():
    with translation.override("zh-hans"):
        assert articles.label("18(1)") == "第十八条第一款"
    with translation.override("en"):
        assert articles.label("18(1)") == "Art. 18(1)"


def test_numerals():
    assert [numeral(number) for number in (1, 9, 10, 11, 19, 20, 21, 40, 99)] == [
        "一", "九", "十", "十一", "十九", "二十", "二十一", "四十", "九十九",
    ]  # fmt: skip
