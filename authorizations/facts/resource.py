"""What the page of a data resource shows."""

from accounts.actors import Actor


def of_resource(resource, actor: Actor) -> dict:
    """An entry of the catalogue, with its versions."""
    return {"versions": resource.versions.order_by("-round")}
