"""The pictures drawn on the server."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.utils.safestring import SafeString

from casework.drawing.days import day_strip
from casework.drawing.states import Edge, Node, state_diagram
from casework.drawing.text import width, wrap
from tests.look.pages import EDGES, NODES, TODAY, counted

SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: SafeString) -> ElementTree.Element:
    """The picture as XML, which fails where it is not well formed."""
    return ElementTree.fromstring(picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def labels(root: ElementTree.Element) -> list[str]:
    return ["".join(text.text for text in node.iter(f"{SVG}text")) for node in of_class(root, "node")]


def test_every_state_is_drawn_once_in_order():
    assert labels(parsed(state_diagram(NODES, EDGES, "draft"))) == [node.label for node in NODES]


def test_the_present_state_is_lit_and_passed_ones_are_marked():
    root = parsed(state_diagram(NODES, EDGES, "panel_review", {"draft", "correction"}))
    assert ["".join(text.itertext()).strip() for text in of_class(root, "node-current")] == ["专家综合评审"]
    assert len(of_class(root, "node-done")) == 2
    assert len(of_class(root, "node-mark")) == 3
    assert len(of_class(root, "edge-lit")) == sum(edge.source == "panel_review" for edge in EDGES)


def test_every_step_is_drawn_and_named():
    root = parsed(state_diagram(NODES, EDGES, ""))
    assert sorted(edge.find(f"{SVG}title").text for edge in of_class(root, "edge")) == sorted(
        edge.label for edge in EDGES
    )


def test_a_step_that_keeps_the_state_is_not_drawn():
    root = parsed(state_diagram(NODES[:1], [Edge("draft", "draft", "保存")], "draft"))
    assert of_class(root, "edge") == []


def test_a_hostile_label_stays_text():
    evil = '</text><script>alert("1")</script>'
    picture = state_diagram([Node("a", evil), Node("b", "乙")], [Edge("a", "b", evil)], "a")
    assert "<script" not in picture
    assert labels(parsed(picture))[0].replace(" ", "") == evil.replace(" ", "")


def test_the_picture_carries_no_inline_style_and_has_title_and_description():
    for picture in (state_diagram(NODES, EDGES, "draft"), day_strip(counted(date(2026, 9, 24), TODAY), TODAY, TODAY)):
        root = parsed(picture)
        assert not [element for element in root.iter() if element.get("style")]
        ids = [root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")]
        assert root.get("aria-labelledby").split() == ids


def test_labels_stay_inside_their_boxes_and_boxes_inside_the_picture():
    long = [Node(str(n), "待深圳市福田区人民政府审定并公布结果，同时书面通知各申请单位", n % 2 == 0) for n in range(6)]
    edges = [Edge(str(a), str(b)) for a in range(6) for b in range(6) if a != b]
    root = parsed(state_diagram(long, edges, "3"))
    whole = [int(part) for part in root.get("viewBox").split()]
    for node in of_class(root, "node"):
        box = node.find(f"{SVG}rect")
        x, wide = int(box.get("x")), int(box.get("width"))
        assert x >= 0
        assert x + wide <= whole[2]
        assert all(width(text.text) * 14 <= wide for text in node.iter(f"{SVG}text"))
    numbers = [int(x) for line in of_class(root, "edge-line") for x in re.findall(r"H(\d+)", line.get("d"))]
    assert max(numbers) <= whole[2]


@pytest.mark.parametrize("current", [node.name for node in NODES])
def test_the_diagram_of_an_application_fits_a_phone(current):
    assert int(parsed(state_diagram(NODES, EDGES, current)).get("viewBox").split()[2]) <= 326


def test_steps_to_different_states_never_share_a_stretch_of_a_lane():
    edges = [Edge(a.name, b.name) for a in NODES for b in NODES if a != b]
    spans: dict[int, dict[int, list[int]]] = {}
    for line in of_class(parsed(state_diagram(NODES, edges, "")), "edge-line"):
        if turn := re.fullmatch(r"M\d+ (\d+)H\d+Q(\d+) .*? (\d+)H\d+", line.get("d")):
            start, lane, end = map(int, turn.groups())
            spans.setdefault(lane, {}).setdefault(end, []).extend((start, end))
    for buses in spans.values():
        ordered = sorted((min(ys), max(ys)) for ys in buses.values())
        assert all(above[1] < below[0] for above, below in zip(ordered, ordered[1:], strict=False))


def test_the_strip_shows_each_day_once_with_what_it_is():
    days = counted(date(2026, 9, 24), date(2026, 10, 13), provisional_from=date(2026, 10, 12))
    root = parsed(day_strip(days, date(2026, 10, 13), TODAY))
    assert len(of_class(root, "day")) == len(days) == 19
    assert len(of_class(root, "day-off")) == 9
    assert len(of_class(root, "day-begun")) == 3
    assert len(of_class(root, "day-ahead")) == 7
    assert len(of_class(root, "day-provisional")) == 2
    assert len(of_class(root, "day-today")) == 1
    assert len(of_class(root, "day-limit")) == 1


@pytest.mark.parametrize(("received_on", "named"), [(date(2026, 10, 29), 2), (date(2026, 10, 30), 1)])
def test_a_month_of_which_one_day_is_left_has_no_room_for_its_name(received_on, named):
    root = parsed(day_strip(counted(received_on, date(2026, 11, 6)), date(2026, 11, 6), TODAY))
    assert len(of_class(root, "day-month")) == named


def test_days_off_alone_are_hatched():
    root = parsed(day_strip(counted(date(2026, 9, 24), TODAY), TODAY, TODAY, uid="one"))
    hatched = [day for day in of_class(root, "day") if day.find(f"{SVG}rect").get("fill") == "url(#one-hatch)"]
    assert hatched == of_class(root, "day-off")
    assert [day.find(f"{SVG}title").text.split()[0] for day in hatched] == ["2026-09-26"]


def test_the_limit_is_a_line_at_the_end_of_the_last_day():
    days = counted(date(2026, 9, 24), TODAY)
    root = parsed(day_strip(days, TODAY, TODAY))
    last = of_class(root, "day")[-1].find(f"{SVG}rect")
    assert of_class(root, "day-limit")[0].get("transform") == f"translate({int(last.get('x')) + 23} {last.get('y')})"


def test_a_reason_in_the_calendar_stays_text():
    days = counted(date(2026, 9, 24), TODAY)
    days[1].why = "</title><script>"
    assert "<script" not in day_strip(days, TODAY, TODAY)


def test_chinese_is_counted_wider_than_latin():
    assert width("资格审查") == 4
    assert width("Draft") == pytest.approx(2.75)


@pytest.mark.parametrize(
    ("text", "limit", "lines"),
    [
        ("资格审查", 6, ["资格审查"]),
        ("待区人民政府审定", 6, ["待区人民", "政府审定"]),
        ("已审定，待签署协议", 6, ["已审定，待", "签署协议"]),
        ("Returned for correction", 6.6, ["Returned for", "correction"]),
        ("Unverzichtbarkeit", 5, ["Unverzich", "tbarkeit"]),
        ("", 5, [""]),
    ],
)
def test_a_label_is_wrapped_where_its_script_allows(text, limit, lines):
    assert wrap(text, limit) == lines
