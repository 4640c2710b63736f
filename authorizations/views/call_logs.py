"""The REST face of calls: `POST /call-logs/` takes records in, `GET /usage/` gives the figures by month."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.response import Response
from rest_framework.views import APIView

from authorizations import call_logs
from authorizations.call_lines import Received, TooLarge, Unreadable, receive
from authorizations.figures import UsageFilter
from authorizations.models import UsageMonth
from casework.api.authentication import ActsForOrganisation
from casework.api.cases import KEY
from casework.api.idempotency import once
from casework.api.pagination import CaseCursor
from casework.api.problems import problem

NDJSON = "application/x-ndjson"
LINE = (
    '{"call_id": "gw1-000001", "grant": "QX-2026-0123", "at": "2026-03-02T10:00:00+08:00", "outcome": "success", '
    '"rows": 25, "bytes": 4096, "duration_ms": 35}'
)


class LengthRequired(APIException):
    """The request says neither its length nor that it is empty."""

    status_code = 411
    default_detail = _("Send the length of the batch in Content-Length.")


class ContentTooLarge(APIException):
    """More than is taken at once."""

    status_code = 413


class LinesParser(BaseParser):
    """Newline-delimited JSON, as it is or packed with gzip, received to a file."""

    media_type = NDJSON

    def parse(self, stream, media_type=None, parser_context=None) -> Received:
        """The batch in a file of its own.

        Raises:
            ParseError: where it can't be unpacked.
            ContentTooLarge: beyond a limit.
        """
        encoding = parser_context["request"].headers.get("Content-Encoding", "").strip().lower()
        try:
            return receive(stream, encoding=encoding)
        except TooLarge as error:
            raise ContentTooLarge(str(error)) from error
        except Unreadable as error:
            raise ParseError(str(error)) from error


class LineErrorSerializer(serializers.Serializer):
    """Why a line was not taken."""

    line = serializers.IntegerField()
    code = serializers.CharField()
    reason = serializers.CharField()


class TakenSerializer(serializers.Serializer):
    """What became of a batch. All bad lines are counted; the first hundred are listed."""

    taken = serializers.IntegerField()
    known = serializers.IntegerField()
    bad = serializers.IntegerField()
    errors = LineErrorSerializer(many=True)


class CallLogsView(APIView):
    """Records of calls that the gateway lets through or turns away."""

    permission_classes = [ActsForOrganisation]
    parser_classes = [LinesParser]

    @extend_schema(
        request={(NDJSON): OpenApiTypes.STR},
        responses={200: TakenSerializer, 422: TakenSerializer},
        examples=[OpenApiExample("one line", value=LINE, media_type=NDJSON, request_only=True)],
        parameters=[
            KEY,
            OpenApiParameter("on_error", str, enum=["skip", "abort"], description=(
                "`skip` (default): bad lines are reported and the rest is taken. `abort`: none is, where one is bad."
            )),
            OpenApiParameter("Content-Encoding", str, OpenApiParameter.HEADER, enum=["gzip"]),
        ],
    )  # fmt: skip
    def post(self, request):
        """Take a batch of call records: one JSON object a line, metadata only.

        `call_id`, `grant`, `at` (with offset) and `outcome` (success, failure, denied) are needed; `rows`, `bytes` and
        `duration_ms` are whole numbers. Any other name refuses the line. A call id that is known with the same content
        counts as known; with another content its line is bad.
        """
        actor = request._request.actor
        call_logs.refuse_stranger(actor)
        all_or_nothing = self._all_or_nothing(request)
        if request.headers.get("Transfer-Encoding"):
            raise LengthRequired
        # Received before a transaction begins: a slow line holds no lock.
        batch = request.data
        if not isinstance(batch, Received) or not batch.lines:
            return problem(422, _("There is no line in the batch."))
        with batch.file:
            return once(request, lambda: self._taken(batch, actor, all_or_nothing), content=batch.sha256)

    @staticmethod
    def _all_or_nothing(request) -> bool:
        asked = request.query_params.get("on_error", "skip")
        if asked not in {"skip", "abort"}:
            raise ParseError(_("on_error is skip or abort."))
        return asked == "abort"

    @staticmethod
    def _taken(batch: Received, actor, all_or_nothing: bool) -> Response:
        try:
            said = call_logs.take(batch, by=actor, now=timezone.now(), all_or_nothing=all_or_nothing)
        except call_logs.BatchRefused as refused:
            more = refused.said.as_data()
            return problem(422, refused.message, code=refused.code, remedy=refused.remedy, **more)
        return Response(said.as_data())


class UsageSerializer(serializers.ModelSerializer):
    """Calls of one grant in one month."""

    grant = serializers.CharField(source="grant.code")
    resource = serializers.CharField(source="grant.resource.number")
    user = serializers.CharField(source="grant.organisation.name")
    department = serializers.CharField(source="grant.item.department.name")
    month = serializers.DateField(format="%Y-%m")

    class Meta:
        model = UsageMonth
        fields = read_only_fields = [
            "grant", "resource", "user", "department", "month", "calls", "failures", "rows", "last_call_at"
        ]  # fmt: skip


class UsageView(APIView):
    """Calls by grant and month."""

    permission_classes = [ActsForOrganisation]

    @extend_schema(
        responses=inline_serializer("UsagePage", {
            "next": serializers.URLField(allow_null=True), "previous": serializers.URLField(allow_null=True),
            "results": UsageSerializer(many=True),
        }),
        parameters=[
            OpenApiParameter("from", str, description="First month, 2026-03."),
            OpenApiParameter("until", str, description="Last month, 2026-03."),
            OpenApiParameter("q", str, description="Code of the grant or the resource, or part of a name."),
            OpenApiParameter("cursor", str), OpenApiParameter("page_size", int),
        ],
    )  # fmt: skip
    def get(self, request):
        """The figures that the caller may see, the latest first."""
        actor = request._request.actor
        related = ("grant__resource", "grant__organisation", "grant__item__department")
        found = UsageFilter.read(request.query_params).of(actor).select_related(*related)
        pages = CaseCursor()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(UsageSerializer(page, many=True).data)
