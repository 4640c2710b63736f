"""The states of a kind of case as nodes and edges, read from its declarations."""

from dataclasses import dataclass

from casework.drawing.states import Edge, Node
from casework.ledger.models import Entry
from casework.models.case import Case
from casework.step import steps_of


@dataclass(frozen=True)
class Diagram:
    """What the drawing takes."""

    nodes: list[Node]
    edges: list[Edge]
    done: set[str]


def nodes_and_edges(model: type[Case]) -> tuple[list[Node], list[Edge]]:
    """Every state once and every step that leads from one to another, one edge a pair."""
    nodes = [Node(name, str(state.label), state.final) for name, state in model.states.by_name.items()]
    pairs: dict[tuple[str, str], str] = {}
    for spec in steps_of(model).values():
        for source in spec.sources:
            if spec.target is not None:
                pairs.setdefault((source, spec.target), str(spec.label))
    return nodes, [Edge(source, target, label) for (source, target), label in pairs.items()]


def diagram_of(case: Case) -> Diagram:
    """The diagram with the states the case has passed."""
    nodes, edges = nodes_and_edges(type(case))
    passed = Entry.objects.filter(case_kind=case.kind, case_id=case.pk, kind="step").values_list("old_state", flat=True)
    return Diagram(nodes, edges, set(passed) - {"", case.state})
