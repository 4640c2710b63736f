"""Chapter 4 in the administration: cases to look at, never to change."""

from django.contrib import admin

from authorizations.models import (
    AuthorizationRequest,
    DataResource,
    DataUseAgreement,
    Need,
    Objection,
    QualityIssue,
)
from casework.admin import CaseAdmin

admin.site.register([DataResource, Need, Objection, AuthorizationRequest, DataUseAgreement, QualityIssue], CaseAdmin)
