"""What the description of the API says of addresses that are plain views, not views of the framework."""

_TEXT = {"type": "string"}
_PROBLEM = {"application/problem+json": {"schema": {"type": "object"}}}
_ASKED = {
    "grant": "Code of the grant.",
    "resource": "Code or number of the resource.",
    "scenario": "Code of the scenario.",
}
ACCESS_DECISION = {
    "operationId": "access_decision_retrieve",
    "description": "May this call pass now? Made for a gateway that asks before each call; nothing is cached.",
    "tags": ["access-decision"],
    "security": [{"bearer": []}, {"cookieAuth": []}],
    "parameters": [
        {"in": "query", "name": name, "required": True, "description": what, "schema": _TEXT}
        for name, what in _ASKED.items()
    ],
    "responses": {
        "200": {
            "description": "The call may pass.",
            "content": {"application/json": {"schema": {"type": "object", "properties": {"decision": _TEXT}}}},
        },
        "400": {"description": "Something that must be named is missing.", "content": _PROBLEM},
        "401": {"description": "The token is unknown, has ended or was revoked.", "content": _PROBLEM},
        "403": {"description": "The call may not pass; `code` and `article` say why.", "content": _PROBLEM},
    },
}


def with_plain_views(result: dict, generator, request, public: bool) -> dict:
    """Add the plain views to the description (a hook of the generator)."""
    result["paths"]["/api/v1/access-decision/"] = {"get": ACCESS_DECISION}
    return result
