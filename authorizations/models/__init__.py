from authorizations.models.basket import BasketItem
from authorizations.models.calls import CallRecord, UsageMonth
from authorizations.models.consent import Consent
from authorizations.models.dossier import RequestSubmission, StageNote
from authorizations.models.export import Export
from authorizations.models.grant import Grant
from authorizations.models.need import Need, NeedAnswer
from authorizations.models.objection import Objection
from authorizations.models.quality import QualityAnswer, QualityIssue
from authorizations.models.request import AuthorizationRequest, RequestItem
from authorizations.models.resource import DataResource, ResourceVersion
from authorizations.models.scenario import Scenario
from authorizations.models.use import DataUseAgreement, UseSignature

__all__ = [
    "AuthorizationRequest",
    "BasketItem",
    "CallRecord",
    "Consent",
    "DataResource",
    "DataUseAgreement",
    "Export",
    "Grant",
    "Need",
    "NeedAnswer",
    "Objection",
    "QualityAnswer",
    "QualityIssue",
    "RequestItem",
    "RequestSubmission",
    "ResourceVersion",
    "Scenario",
    "StageNote",
    "UsageMonth",
    "UseSignature",
]
