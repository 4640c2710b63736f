"""The pages under `docs/generated/`, read from the declarations alone: they can't say what the code does not."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.utils import translation

from accounts.roles import Role
from casework.diagrams import nodes_and_edges
from casework.guards import Guard
from casework.kinds import kinds
from casework.models.case import Case
from casework.states import Party, State, Until
from casework.step import Step, steps_of
from regulation import articles, rules
from regulation.rule_set import RuleSet

FOLDER = Path(settings.BASE_DIR) / "docs" / "generated"
TESTS = Path(settings.BASE_DIR) / "tests" / "articles"
_HEADER = "<!-- Made by `manage.py describe`; change the code, not this page. -->\n\n"
_OBLIGATION = re.compile(r"test_(\d+)([a-z])_")


def pages() -> dict[str, str]:
    """Each page's file name with its text, in English."""
    with translation.override("en"):
        return {name: _HEADER + "\n".join(lines()).rstrip() + "\n" for name, lines in _PAGES.items()}


def write(folder: Path = FOLDER) -> list[str]:
    """Write the pages; pages that are no longer made are removed. Returns the names of those that changed."""
    changed = outdated(folder)
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for name in changed:
        if name in made:
            (folder / name).write_text(made[name], "utf-8")
        else:
            (folder / name).unlink()
    return changed


def outdated(folder: Path = FOLDER) -> list[str]:
    """The pages that differ from what the code says, are missing, or should not be there."""
    kept = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
    made = pages()
    return sorted(name for name in kept.keys() | made.keys() if kept.get(name) != made.get(name))


def _states() -> Iterator[str]:
    yield "# States\n"
    yield "Each kind of case: its states in the order in which it usually passes them, whose turn it is, for how long."
    for model in kinds().values():
        yield f"\n## {_title(model)}\n"
        yield from _mermaid(model)
        yield from _table(
            ("state", "on screen", "whose turn", "what to do", "limit", "article"),
            [_state(model, name, state) for name, state in model.states.by_name.items()],
        )


def _mermaid(model: type[Case]) -> Iterator[str]:
    nodes, edges = nodes_and_edges(model)
    yield "```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {model.states.initial}: {model.start.label}"
    yield from (f"    {edge.source} --> {edge.target}: {edge.label}" for edge in edges)
    yield from (f"    {node.name} --> [*]" for node in nodes if node.final)
    yield "```\n"


def _state(model: type[Case], name: str, state: State) -> Sequence[str]:
    owner = state.owner.name if state.owner else "nobody; the case ends here" if state.final else "nobody"
    return f"`{name}`", state.label, owner, state.task, _limit(state), _article(state.article)


def _limit(state: State) -> str:
    if isinstance(state.within, Until):
        return f"entered with the case (`{state.within.attribute}`)"
    return f"period `{state.within}` of the rule set" if state.within else ""


def _steps() -> Iterator[str]:
    yield "# Steps\n"
    yield "The only ways to change a state. A step that keeps the state has no target; one by the system has no button."
    for model in kinds().values():
        yield f"\n## {_title(model)}\n"
        start = model.start
        begun = ("begin", start.label, "", model.states.initial, start.by, start.guards, start.article)
        taken = [
            (spec.name, spec.label, ", ".join(spec.sources), spec.target or "", spec.by, spec.guards, spec.article)
            for spec in steps_of(model).values()
        ]
        yield from _table(
            ("step", "on screen", "from", "to", "by", "only if", "article"),
            [
                (f"`{name}`", label, source, target, _sides(by), _facts(guards), _article(article))
                for name, label, source, target, by, guards, article in (begun, *taken)
            ],
        )


def _permissions() -> Iterator[str]:
    yield "# Who takes which step\n"
    yield (
        "By role; `x` means that people in the role take the step where they are on the side named for it "
        "([steps](steps.md)): an applicant in its own case, an expert on the panel, a body that the call names. "
        "Everybody else is refused, administrators always. The tables under `tests/machines/` hold the answer of every "
        "step in every state to everybody; the one under `tests/permissions/` that of every route."
    )
    for model in kinds().values():
        yield f"\n## {_title(model)}\n"
        rows = [("begin", model.start.by), *((spec.name, spec.by) for spec in steps_of(model).values())]
        yield from _table(
            ("step", *Role.values, "system"),
            [(f"`{name}`", *_admitted(by)) for name, by in rows],
        )


def _admitted(by: Sequence[Party]) -> list[str]:
    roles = {role for party in by for role in party.roles}
    by_system = any(not party.roles for party in by)
    return [*("x" if role in roles else "" for role in Role), "x" if by_system else ""]


def _by_article() -> Iterator[str]:
    yield "# Articles\n"
    yield "Where each article is enforced: steps, guards, clocks, and the tests named after its obligations."
    found: dict[str, list[Sequence[str]]] = {}
    for model in kinds().values():
        for what, name, article in _rests_on(model):
            found.setdefault(article, []).append((what, f"{model.kind}: `{name}`"))
    tests = _tests()
    for article in sorted({code.partition("(")[0] for code in found} | tests.keys(), key=int):
        yield f"\n## {articles.label(article)}\n"
        here = {code: rows for code, rows in found.items() if code.partition("(")[0] == article}
        rows = [(_article(code), what, name) for code in sorted(here) for what, name in dict.fromkeys(here[code])]
        if rows:
            yield from _table(("article", "what", "name"), rows)
        if article in tests:
            yield f"\nObligations tested by name in `tests/articles/`: {', '.join(tests[article])}."


def _rests_on(model: type[Case]) -> Iterator[tuple[str, str, str]]:
    yield "step", "begin", model.start.article
    for spec in steps_of(model).values():
        yield "step", spec.name, spec.article
    for guard, article in _guards(model):
        yield "guard", guard.name, article
    for name, state in model.states.by_name.items():
        if state.within:
            yield "clock", name, state.within.article if isinstance(state.within, Until) else state.article


def _guards(model: type[Case]) -> dict[tuple[Guard, str], None]:
    """Each guard with its article; one that serves several articles with that of each step it guards."""
    every: list[Step | object] = [model.start, *steps_of(model).values()]
    return dict.fromkeys((guard, guard.article or one.article) for one in every for guard in one.guards)


def _tests() -> dict[str, list[str]]:
    """By article: its obligations (`9a`) that tests are named after."""
    found: dict[str, set[str]] = {}
    for path in sorted(TESTS.glob("test_art_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and (match := _OBLIGATION.match(node.name)):
                found.setdefault(match[1], set()).add(match[1] + match[2])
    return {article: sorted(codes) for article, codes in found.items()}


def _rules() -> Iterator[str]:
    yield "# Rules\n"
    yield "What the shipped rule sets say. A successor is another file; the code only knows the names."
    for rule_set in rules.all_rule_sets():
        yield f"\n## {rule_set.title()}\n"
        yield f"`{rule_set.id}`, in force from {rule_set.in_force_from} to {rule_set.in_force_until}.\n"
        yield from _table(("name", "what", "length", "rests on"), list(_lengths(rule_set)))
        yield ""
        yield from _table(("setting", "value", "rests on"), list(_settings(rule_set)))
        for name, points in rule_set.checklists.items():
            yield f"\nChecklist `{name}`:\n"
            yield from _table(
                ("point", "title", "rests on"), [(f"`{one.code}`", one.title, _basis(one)) for one in points]
            )


def _lengths(rule_set: RuleSet) -> Iterator[Sequence[str]]:
    for period in rule_set.periods:
        yield f"`{period.name}`", period.title, period.words, _basis(period)
    for duty in rule_set.duties.values():
        yield f"`{duty.name}`", duty.title, f"every {duty.words}", _basis(duty)


def _settings(rule_set: RuleSet) -> Iterator[Sequence[str]]:
    for name, setting in rule_set.settings.items():
        yield f"`{name}`", str(setting.value), _basis(setting)
    for name, times in rule_set.warnings.items():
        days = ", ".join(map(str, times.days_ahead)) + " days" if times.days_ahead else f"{times.ahead} working day"
        yield f"warning `{name}`", f"{days} ahead", _basis(times)


def _basis(entry) -> str:
    return _article(entry.article) if entry.article else str(entry.basis)


def _title(model: type[Case]) -> str:
    return str(model._meta.verbose_name_plural).capitalize()


def _article(code: str) -> str:
    return articles.cite(code).en if code else ""


def _sides(by: Sequence[Party]) -> str:
    return ", ".join(party.name for party in by)


def _facts(guards: Sequence[Guard]) -> str:
    return ", ".join(f"`{guard.name}`" for guard in guards)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"


_PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "states.md": _states,
    "steps.md": _steps,
    "permissions.md": _permissions,
    "articles.md": _by_article,
    "rules.md": _rules,
}
