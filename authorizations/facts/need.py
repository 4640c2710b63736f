"""What the page of a need shows."""

from accounts.actors import Actor
from authorizations.sheets.wording import labels


def of_need(need, actor: Actor) -> dict:
    """A need with every answer, the latest first."""
    return {
        "theme": labels()["theme"].get(need.theme, need.theme),
        "answers": need.answers.select_related("organisation", "resource__listed_version"),
        "is_poster": actor.organisation is not None and actor.organisation.pk == need.organisation_id,
    }
