"""What the page of an issue with the quality of data shows, and to whom."""

from accounts.actors import Actor
from accounts.roles import Role
from casework.attachments import may_attach


def of_issue(issue, actor: Actor) -> dict:
    """The issue with every answer; who raised it stands there only for the operator on the way and the bureau."""
    return {
        "problem": dict(issue.rules.options("quality_problem")).get(issue.problem, issue.problem),
        "field_label": issue.field_label,
        "raiser": issue.raised_by if issue.names_raiser(actor) else issue.organisation,
        "resource_seen": issue.resource.is_offered or actor.has(Role.BUREAU, Role.DEPARTMENT),
        "answers": issue.answers.select_related("version").order_by("round"),
        "may_attach": may_attach(issue, actor),
        "shows_grant": issue.grant if not actor.has(Role.DEPARTMENT) else None,
    }
