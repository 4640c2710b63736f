"""The REST face of a kind of case: list, begin, read, change a draft, take a step, read the timeline."""

import re

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from casework import attachments, handling, queries, reading
from casework.api.authentication import ActsForOrganisation
from casework.api.idempotency import once
from casework.api.pagination import CaseCursor
from casework.api.problems import of_refusal
from casework.beginning import begin
from casework.models.case import Case
from casework.refusals import NotVisible, Refusal
from casework.serializers import (
    ActionSerializer,
    AttachmentSerializer,
    HandlingSerializer,
    MomentSerializer,
    PaperSerializer,
    offered,
)
from casework.step import steps_for, steps_of

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The case's version; 412 when stale.")
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="Same key and body: same answer.")
_VERSION = re.compile(r'(?:W/)?("?)(\d{1,9})\1')


def _version(request) -> int | None:
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    match = _VERSION.fullmatch(header)
    if match is None:
        raise ParseError(_('If-Match takes the version of the case, such as "3".'))
    return int(match[2])


def _fields(request) -> dict:
    if not isinstance(request.data, dict):
        raise ParseError(_("Send a JSON object with the names that the action asks for."))
    return dict(request.data)


class AnyFile(JSONRenderer):
    """Lets a download be asked for as any type. The file is answered as it is; only errors are rendered, as JSON."""

    media_type = "*/*"
    format = "file"


class CaseViewSet(viewsets.GenericViewSet):
    """One kind of case. A kind gives `model` and `serializer_class`; everything else is the same for all."""

    model: type[Case]
    permission_classes = [ActsForOrganisation]
    pagination_class = CaseCursor
    lookup_field = "number"
    lookup_value_regex = "[A-Za-z0-9-]+"

    def get_queryset(self):
        """What the caller may see."""
        return self.model.objects.visible_to(self.request._request.actor).select_related("organisation")

    @property
    def actor(self):
        """The person, organisation and roles that the call acts with."""
        return self.request._request.actor

    def _case(self) -> Case:
        return queries.find(self.model.kind, self.kwargs["number"], self.actor)

    def _answer(self, case: Case, status: int = 200) -> Response:
        return Response(self.get_serializer(case).data, status=status, headers={"ETag": f'"{case.version}"'})

    @extend_schema(parameters=[OpenApiParameter("state", str, description="Only cases in this state.")])
    def list(self, request):
        """The cases the caller may see, the latest first."""
        cases = self.get_queryset()
        if (state := request.query_params.get("state", "")) in self.model.states.by_name:
            cases = cases.filter(state=state)
        page = self.paginate_queryset(cases)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request, number: str):
        """One case. `ETag` holds its version."""
        return self._answer(self._case())

    @extend_schema(request=OpenApiTypes.OBJECT, parameters=[KEY])
    def create(self, request):
        """Begin a case: a draft, where the kind has one."""
        return self._write(lambda: self._answer(begin(self.model, by=self.actor, **_fields(request)), status=201))

    @extend_schema(request=OpenApiTypes.OBJECT, parameters=[KEY, IF_MATCH])
    def partial_update(self, request, number: str):
        """Change a draft: the kind's own step for it, with everything it asks for."""
        return self._write(lambda: self._take(self.model.draft_step))

    @extend_schema(responses=ActionSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def actions(self, request, number: str):
        """What the caller may do now: name, label, inputs, article; a closed one with the reason."""
        case = self._case()
        return Response(
            ActionSerializer(
                [offered(case, offer, self.actor) for offer in steps_for(case, self.actor)], many=True
            ).data
        )

    @extend_schema(request=OpenApiTypes.OBJECT, parameters=[KEY, IF_MATCH])
    @action(detail=True, methods=["post"], url_path=r"actions/(?P<step>[a-z_]+)", url_name="act")
    def act(self, request, number: str, step: str):
        """Take a step."""
        return self._write(lambda: self._take(step))

    @extend_schema(responses=MomentSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def timeline(self, request, number: str):
        """The steps so far, the latest first."""
        return Response(MomentSerializer(queries.timeline(self._case(), self.actor), many=True).data)

    @extend_schema(responses=HandlingSerializer)
    @action(detail=True)
    def handling(self, request, number: str):
        """Who handles the case in the caller's office, and what colleagues asked each other."""
        found = handling.shown(self._case(), self.actor)
        if found is None:
            raise NotVisible(number)
        return Response(HandlingSerializer(found).data)

    @extend_schema(responses=AttachmentSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def attachments(self, request, number: str):
        """The attachments of the case."""
        found = attachments.shown_to(self.actor, self._case())
        return Response(AttachmentSerializer(found, many=True).data)

    @extend_schema(
        request={"multipart/form-data": {"type": "object", "properties": {
            "file": {"type": "string", "format": "binary"}, "tag": {"type": "string"}}}},
        responses={201: AttachmentSerializer},
        parameters=[KEY],
    )  # fmt: skip
    @attachments.mapping.post
    def attach(self, request, number: str):
        """Upload an attachment."""

        def take() -> Response:
            received = attachments.receive_from(request._request, self._case())
            return Response(AttachmentSerializer(received).data, status=201)

        return self._write(take)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, url_path=r"attachments/(?P<attachment>[0-9]{1,18})", renderer_classes=[AnyFile])
    def attachment(self, request, number: str, attachment: str):
        """An attachment's bytes. The reading is an entry of the ledger."""
        return reading.read_attachment(self._case(), int(attachment), by=self.actor)

    @extend_schema(responses=PaperSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def papers(self, request, number: str):
        """The papers of the case: acknowledgments, notices, the text of an agreement."""
        return Response(PaperSerializer(reading.papers_for(self._case(), self.actor), many=True).data)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, url_path=r"papers/(?P<paper>[A-Z2-7]{1,32})", renderer_classes=[AnyFile])
    def paper(self, request, number: str, paper: str):
        """A paper as PDF. The reading is an entry of the ledger."""
        return reading.read_paper(self._case(), paper, by=self.actor)

    def get_parsers(self):
        """An upload comes as a form, everything else as JSON."""
        return [MultiPartParser()] if getattr(self, "action_map", {}).get("post") == "attach" else super().get_parsers()

    def _take(self, name: str) -> Response:
        case = self._case()
        if name not in steps_of(self.model):
            raise NotVisible(name)
        getattr(case, name)(by=self.actor, version=_version(self.request), **_fields(self.request))
        return self._answer(case)

    def _write(self, act) -> Response:
        def answered() -> Response:
            try:
                return act()
            except Refusal as refusal:
                return of_refusal(refusal)

        return once(self.request, answered)
