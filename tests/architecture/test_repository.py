"""What holds for the whole code base, read from its source."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("futian_portal", "authorizations", "operators", "casework", "accounts", "regulation")
SOURCES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.relative_to(ROOT).parts
)
EVERYWHERE = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "scripts").rglob("*.py"))]
LINES_AT_MOST, LINES_OF_TESTS_AT_MOST = 420, 500
FORBIDDEN_NAMES = {"utils", "helpers", "managers", "core", "signals", "misc", "common"}
WRITES_ROWS = {"update", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
OBLIGATIONS = {
    "2a", "3a", "4a", "5a", "5b", "5c", "5d", "6a", "7a", "9a", "9b", "9c", "10a", "11a", "12a", "13a", "14a", "17a",
    "18a", "18b", "18c", "18d", "19a", "19b", "20a", "24a", "29a", "30a", "42a",
}  # fmt: skip


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def states_written(source: ast.AST) -> list[int]:
    """Lines that set a state past a step: an assignment, or a keyword of a call that writes rows."""
    found = []
    for node in ast.walk(source):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [node.lineno for target in targets if isinstance(target, ast.Attribute) and target.attr == "state"]
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            named = {keyword.arg for keyword in node.keywords}
            first = node.args[1] if called == "setattr" and len(node.args) > 1 else None
            literal = isinstance(first, ast.Constant) and first.value == "state"
            if (called in WRITES_ROWS and "state" in named) or literal:
                found.append(node.lineno)
    return found


# Tasks and refusals tell of a state; they have none of their own that somebody could move.
TELL_OF_A_STATE = {"casework/effects.py"}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_state_is_written_outside_a_step(path):
    if name(path) not in TELL_OF_A_STATE:
        assert states_written(tree(path)) == []


@pytest.mark.parametrize(
    "text",
    [
        "case.state = 'approved'",
        "Case.objects.filter(pk=1).update(state='approved')",
        "Case.objects.create(state='approved')",
        "setattr(case, 'state', 'approved')",
        "case.state: str = 'approved'",
    ],
)
def test_the_search_for_written_states_finds_them(text):
    assert states_written(ast.parse(text)) == [1]


@pytest.mark.parametrize("path", EVERYWHERE, ids=name)
def test_a_file_is_short(path):
    most = LINES_AT_MOST if path in SOURCES else LINES_OF_TESTS_AT_MOST
    assert len(path.read_text("utf-8").splitlines()) <= most


def test_no_file_is_a_drawer_for_odds_and_ends():
    assert [name(path) for path in EVERYWHERE if path.stem in FORBIDDEN_NAMES] == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_nothing_hides_in_a_signal(path):
    text = path.read_text("utf-8")
    assert "django.dispatch" not in text
    assert "db.models.signals" not in text


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_serializers_and_forms_list_their_fields(path):
    assert not re.search(r"""fields\s*=\s*["']__all__""", path.read_text("utf-8"))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_tasks_are_found_through_the_outbox_not_queued_inside_a_step(path):
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    assert [
        node.lineno
        for node in calls
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"delay", "apply_async"}
    ] == []


def test_every_obligation_that_is_built_has_tests_by_its_name():
    found = set()
    for path in (ROOT / "tests" / "articles").glob("test_art_*.py"):
        article = int(re.fullmatch(r"test_art_(\d+)(?:_\w+)?", path.stem)[1])
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                match = re.match(r"test_(\d+)([a-z])_", node.name)
                assert match, f"{path.name}: {node.name} is not named after an obligation"
                assert int(match[1]) == article, f"{path.name}: {node.name} belongs elsewhere"
                found.add(match[1] + match[2])
    assert found >= OBLIGATIONS


@pytest.mark.parametrize("path", [path for path in SOURCES if name(path).startswith(APPS[1:4])], ids=name)
def test_periods_of_the_measures_are_not_constants_of_the_code(path):
    """Nobody adds five days: a length of time that the measures give stands in the rule set."""
    assert [
        keyword.value.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "timedelta"
        for keyword in node.keywords
        if keyword.arg in {"days", "weeks"} and ast.unparse(keyword.value) != "1"
    ] == []


def test_nothing_is_loaded_from_another_host():
    """Templates and style sheets name no other host; the government network has no way out."""
    found = []
    for folder in ("templates", "static/css", "static/js"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and re.search(
                r"""(?:src|href|url|import)\s*[=(]\s*["']?(?:https?:)?//""", path.read_text()
            ):
                found.append(name(path))
    assert found == []
