"""The state diagram of a case.

The states stand below one another in the order in which a case usually passes them. A step to the next one is a
straight arrow; a step that skips states runs down the right side, a step back runs up the left side. All steps that
lead to one state share a lane, so that the picture stays narrow enough for a phone however many steps there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from casework.drawing.text import width, wrap

FONT = 14
LINE = 20
GAP = 26
LANE = 16
PORT = 6
MARGIN = 4
CORNER = 5
ARROW = 7
MARK = 26
WIDEST = 12.5
"""The longest line of a label in em; a longer label is wrapped."""


@dataclass(frozen=True)
class Node:
    """A state: its name in code, its label on screen, whether the case ends there."""

    name: str
    label: str
    final: bool = False


@dataclass(frozen=True)
class Edge:
    """A step that leads from one state to another, by its label."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True)
class _Box:
    node: Node
    index: int
    lines: tuple[str, ...]
    y: int
    height: int

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


def state_diagram(
    states: Sequence[Node], edges: Sequence[Edge], current: str, done: Iterable[str] = (), *, uid: str = "states"
) -> SafeString:
    """Draw the states and steps as SVG.

    Args:
        states: in the order a case usually passes them.
        edges: between those states; a step that keeps the state is not drawn.
        current: the name of the state to light, or an empty string for none.
        done: names of the states already passed.
        uid: prefix of the ids inside, for a page with two diagrams.
    """
    boxes = _stack(states)
    place = {box.node.name: box for box in boxes}
    moves = [(place[edge.source], place[edge.target], edge.label) for edge in edges if edge.source != edge.target]
    forward = [move for move in moves if move[1].index > move[0].index + 1]
    backward = [move for move in moves if move[1].index < move[0].index]
    lanes_right, lanes_left = _lanes(forward), _lanes(backward)
    box_width = int(max((width(line) for box in boxes for line in box.lines), default=0) * FONT) + 2 * MARK
    left = MARGIN + _room(lanes_left)
    right = left + box_width
    paths = [_straight(move, left + box_width // 2) for move in moves if move[1].index == move[0].index + 1]
    paths += [_detour(move, right, right + (lanes_right[move[1].index] + 1) * LANE) for move in forward]
    paths += [_detour(move, left, left - (lanes_left[move[1].index] + 1) * LANE) for move in backward]
    done = set(done)
    context = {
        "uid": uid,
        "width": right + _room(lanes_right) + MARGIN,
        "height": boxes[-1].y + boxes[-1].height + MARGIN if boxes else 2 * MARGIN,
        "nodes": [_shown(box, left, box_width, current, done) for box in boxes],
        "edges": sorted((path | {"lit": path["source"] == current} for path in paths), key=lambda path: path["lit"]),
        "current": place[current].node.label if current in place else "",
    }
    return render_to_string("drawing/state_diagram.svg", context)


def _stack(states: Sequence[Node]) -> list[_Box]:
    boxes, y = [], MARGIN
    for index, node in enumerate(states):
        lines = tuple(wrap(str(node.label), WIDEST))
        boxes.append(_Box(node, index, lines, y, len(lines) * LINE + 16))
        y += boxes[-1].height + GAP
    return boxes


def _lanes(moves: list[tuple[_Box, _Box, str]]) -> dict[int, int]:
    """A lane for each state that is led to, the shortest nearest, none crossing another in the same lane."""
    spans = {}
    for source, target, _label in moves:
        low, high = sorted((source.index, target.index))
        known = spans.get(target.index, (low, high))
        spans[target.index] = (min(low, known[0]), max(high, known[1]))
    taken, lanes = [], {}
    for target, (low, high) in sorted(spans.items(), key=lambda item: (item[1][1] - item[1][0], item[0])):
        free = (lane for lane, used in enumerate(taken) if all(high < a or low > b for a, b in used))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        lanes[target] = lane
    return lanes


def _room(lanes: dict[int, int]) -> int:
    return (max(lanes.values()) + 1) * LANE + MARGIN if lanes else 0


def _straight(move: tuple[_Box, _Box, str], x: int) -> dict:
    source, target, label = move
    start, end = source.y + source.height, target.y
    head = f"M{x - 4} {end - ARROW}L{x} {end}L{x + 4} {end - ARROW}Z"
    return {"source": source.node.name, "line": f"M{x} {start}V{end - ARROW}", "head": head, "label": label}


def _detour(move: tuple[_Box, _Box, str], side: int, lane: int) -> dict:
    """From a side of the source along a lane to the same side of the target; steps arrive above where they leave."""
    source, target, label = move
    start, end = source.middle + PORT, target.middle - PORT
    outward = 1 if lane > side else -1
    down = 1 if end > start else -1
    line = (
        f"M{side} {start}H{lane - outward * CORNER}Q{lane} {start} {lane} {start + down * CORNER}"
        f"V{end - down * CORNER}Q{lane} {end} {lane - outward * CORNER} {end}H{side + outward * ARROW}"
    )
    tip = side + outward * ARROW
    head = f"M{tip} {end - 4}L{side} {end}L{tip} {end + 4}Z"
    return {"source": source.node.name, "line": line, "head": head, "label": label}


def _shown(box: _Box, left: int, box_width: int, current: str, done: set[str]) -> dict:
    name, middle = box.node.name, box.middle
    status = "current" if name == current else "done" if name in done else "ahead"
    first = middle - (len(box.lines) - 1) * LINE // 2
    return {
        "label": box.node.label,
        "status": status,
        "final": box.node.final,
        "x": left,
        "y": box.y,
        "width": box_width,
        "height": box.height,
        "mark": f"translate({left + 8} {middle})",
        "text_x": left + box_width // 2,
        "lines": [{"y": first + index * LINE, "text": line} for index, line in enumerate(box.lines)],
    }
