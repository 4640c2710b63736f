"""The REST faces of chapter 4's kinds of case."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from authorizations import catalogue, serializers
from authorizations.models import AuthorizationRequest, DataResource, DataUseAgreement, Need, Objection, QualityIssue
from casework.api.cases import CaseViewSet

FILTERS = (
    [OpenApiParameter("state", str, description="Only cases in this state.")]
    + [OpenApiParameter("q", str, description="Words that the version listed holds, also in pinyin; all must match.")]
    + [
        OpenApiParameter(facet.name, str, description="Only such entries of the catalogue.")
        for facet in catalogue.FACETS
    ]
)


class DataResourceViewSet(CaseViewSet):
    """The catalogue (Art. 2(2), 5, 6)."""

    model = DataResource
    serializer_class = serializers.DataResourceSerializer

    def get_queryset(self):
        """What the caller may see; searched and narrowed as the catalogue is, by the version listed."""
        found = super().get_queryset()
        asked = self.request.query_params
        if self.action == "list" and asked.get("q"):
            found = found.filter(catalogue.matching(asked["q"]))
        return catalogue.narrowed(found, catalogue.chosen_in(asked)) if self.action == "list" else found

    @extend_schema(parameters=FILTERS)
    def list(self, request):
        """The entries the caller may see, the latest first."""
        return super().list(request)

    @extend_schema(responses=serializers.ResourceVersionSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def versions(self, request, number: str):
        """Every version as it was listed, the latest first."""
        versions = self._case().versions.order_by("-round")
        return Response(serializers.ResourceVersionSerializer(versions, many=True).data)


class NeedViewSet(CaseViewSet):
    """Needs that the catalogue does not meet, and their answers (Art. 5(3))."""

    model = Need
    serializer_class = serializers.NeedSerializer

    def get_queryset(self):
        """With department and answers, in one more query for the whole page."""
        found = super().get_queryset().select_related("department")
        return found.prefetch_related("answers__organisation", "answers__resource")


class ObjectionViewSet(CaseViewSet):
    """Objections to refusals and to entries of the catalogue (Art. 5(3))."""

    model = Objection
    serializer_class = serializers.ObjectionSerializer

    def get_queryset(self):
        """With resource and request."""
        return super().get_queryset().select_related("resource", "request")


class AuthorizationRequestViewSet(CaseViewSet):
    """Requests for authorization of data (Art. 18)."""

    model = AuthorizationRequest
    serializer_class = serializers.AuthorizationRequestSerializer

    def get_queryset(self):
        """With scenario, operator and the resources asked for, in one more query for the whole page."""
        found = super().get_queryset().select_related("scenario", "operator")
        return found.prefetch_related("items__resource", "items__version", "items__department", "submissions")


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


VIEWSETS = (
    DataResourceViewSet,
    NeedViewSet,
    ObjectionViewSet,
    AuthorizationRequestViewSet,
    DataUseAgreementViewSet,
    QualityIssueViewSet,
)
