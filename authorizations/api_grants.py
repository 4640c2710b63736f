"""The REST faces of grants: which there are, what each rests on, its field list and its exports."""

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from authorizations import exports
from authorizations.models import Export, Grant
from authorizations.queries import grant_seen, grants_seen
from authorizations.serializers import ExportSerializer, GrantInFullSerializer, GrantSerializer
from casework.api.authentication import ActsForOrganisation
from casework.api.cases import KEY, AnyFile
from casework.api.idempotency import once
from casework.api.pagination import CaseCursor
from casework.api.problems import of_refusal
from casework.refusals import NotVisible, Refusal

STANDING = OpenApiParameter(
    "standing", str, enum=["usable", "closed"], description="Only grants that can, or can't, be used today."
)


class GrantViewSet(viewsets.GenericViewSet):
    """Grants (Art. 18–20): access to one resource in one scenario. Whether one is usable is derived, never stored."""

    permission_classes = [ActsForOrganisation]
    pagination_class = CaseCursor
    serializer_class = GrantSerializer
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z0-9-]+"
    queryset = Grant.objects.none()

    def get_queryset(self):
        """What the caller may see."""
        return grants_seen(self.actor, on=timezone.localdate())

    @property
    def actor(self):
        """The person, organisation and roles that the call acts with."""
        return self.request._request.actor

    def _grant(self) -> Grant:
        found = grant_seen(self.kwargs["code"], self.actor, on=timezone.localdate())
        if found is None:
            raise NotVisible(self.kwargs["code"])
        return found

    @extend_schema(parameters=[STANDING])
    def list(self, request):
        """The grants the caller may see, the latest first."""
        grants, today = self.get_queryset(), timezone.localdate()
        standing = request.query_params.get("standing", "")
        if standing in {"usable", "closed"}:
            grants = grants.usable(on=today) if standing == "usable" else grants.closed(on=today)
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(grants), many=True).data)

    @extend_schema(responses=GrantInFullSerializer)
    def retrieve(self, request, code: str):
        """One grant with everything it rests on."""
        return Response(GrantInFullSerializer(self._grant(), context={"actor": self.actor}).data)

    @extend_schema(responses=ExportSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def exports(self, request, code: str):
        """The caller's exports of the grant, the latest first, a hundred at most."""
        mine = Export.objects.visible_to(self.actor).filter(grant=self._grant())[:100]
        return Response(ExportSerializer(mine, many=True).data)

    @extend_schema(request=None, responses={201: ExportSerializer}, parameters=[KEY])
    @exports.mapping.post
    def order(self, request, code: str):
        """Order an export. A job makes it while the grant is usable; its address is in the answer."""

        def answered() -> Response:
            try:
                made = exports.order(self._grant(), by=self.actor, at=timezone.now())
            except Refusal as refusal:
                return of_refusal(refusal)
            return Response(ExportSerializer(made).data, status=201)

        return once(request, answered)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, url_path=r"exports/(?P<export>[0-9a-f]{1,32})", renderer_classes=[AnyFile])
    def export(self, request, code: str, export: str):
        """An export's bytes, while its grant is usable. The reading is an entry of the ledger."""
        if not Export.objects.visible_to(self.actor).filter(code=export, grant=self._grant()).exists():
            raise NotVisible(export)
        return exports.read(export, by=self.actor, at=timezone.now())

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, renderer_classes=[AnyFile])
    def dictionary(self, request, code: str):
        """The field list of the version granted, as Excel, while the grant is usable."""
        data = exports.dictionary(self._grant(), at=timezone.now())
        return exports.download(data, f"{code}-fields.xlsx")
