"""The REST faces of chapter 4's kinds of case."""

from authorizations import serializers
from authorizations.models import AuthorizationRequest, DataResource, DataUseAgreement, QualityIssue
from casework.api.cases import CaseViewSet


class DataResourceViewSet(CaseViewSet):
    """The catalogue (Art. 2(2), 5, 6)."""

    model = DataResource
    serializer_class = serializers.DataResourceSerializer

    def get_queryset(self):
        """With the version listed."""
        return super().get_queryset().select_related("listed_version")


class AuthorizationRequestViewSet(CaseViewSet):
    """Requests for authorization of data (Art. 18)."""

    model = AuthorizationRequest
    serializer_class = serializers.AuthorizationRequestSerializer

    def get_queryset(self):
        """With scenario, operator and the resources asked for, in one more query for the whole page."""
        found = super().get_queryset().select_related("scenario", "operator")
        return found.prefetch_related("items__resource", "items__version", "items__department")


class DataUseAgreementViewSet(CaseViewSet):
    """Data use agreements (Art. 19(1), 20)."""

    model = DataUseAgreement
    serializer_class = serializers.DataUseAgreementSerializer

    def get_queryset(self):
        """With the request, the text and the agreement succeeded."""
        return super().get_queryset().select_related("request", "text", "succeeds")


class QualityIssueViewSet(CaseViewSet):
    """Issues with the quality of data (Art. 24)."""

    model = QualityIssue
    serializer_class = serializers.QualityIssueSerializer

    def get_queryset(self):
        """With resource, sides, grant and answers."""
        related = ("resource", "version_seen", "department", "raised_by", "grant")
        return super().get_queryset().select_related(*related).prefetch_related("answers__version")


VIEWSETS = (DataResourceViewSet, AuthorizationRequestViewSet, DataUseAgreementViewSet, QualityIssueViewSet)
