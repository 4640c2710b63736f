from authorizations.models.basket import BasketItem
from authorizations.models.consent import Consent
from authorizations.models.dossier import RequestSubmission, StageNote
from authorizations.models.export import Export
from authorizations.models.grant import Grant
from authorizations.models.request import AuthorizationRequest, RequestItem
from authorizations.models.resource import DataResource, ResourceVersion
from authorizations.models.scenario import Scenario
from authorizations.models.use import DataUseAgreement, UseSignature

__all__ = [
    "AuthorizationRequest",
    "BasketItem",
    "Consent",
    "DataResource",
    "DataUseAgreement",
    "Export",
    "Grant",
    "RequestItem",
    "RequestSubmission",
    "ResourceVersion",
    "Scenario",
    "StageNote",
    "UseSignature",
]
