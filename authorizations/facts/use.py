"""What the page of a data use agreement shows, and to whom."""

from accounts.actors import Actor


def of_agreement(agreement, actor: Actor) -> dict:
    """An agreement with its parts and every signature, void ones marked."""
    return {
        "parts": agreement.parts_shown(),
        "signatures": agreement.signatures.select_related("organisation", "person"),
    }
