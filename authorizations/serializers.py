"""What the API says of resources, requests and agreements on use. Every serializer lists its fields."""

from django.utils import timezone
from rest_framework import serializers

from authorizations.links import Link, links
from authorizations.models import AuthorizationRequest, DataResource, DataUseAgreement, Export, Grant, RequestItem
from casework.serializers import CASE_FIELDS, CaseSerializer, article


class DataResourceSerializer(CaseSerializer):
    """An entry of the catalogue."""

    class Meta(CaseSerializer.Meta):
        model = DataResource
        fields = read_only_fields = [*CASE_FIELDS, "code", "name", "summary"]


class RequestItemSerializer(serializers.ModelSerializer):
    """One resource asked for and what was decided on it."""

    resource = serializers.CharField(source="resource.number")
    code = serializers.CharField(source="resource.code")
    name = serializers.CharField(source="version.name")
    version = serializers.IntegerField(source="version.round")
    department = serializers.CharField(source="department.name")

    class Meta:
        model = RequestItem
        fields = read_only_fields = [
            "id", "resource", "code", "name", "version", "department", "decision", "conditions", "reason",
            "decided_at", "suspended_at", "revoked_at",
        ]  # fmt: skip


class AuthorizationRequestSerializer(CaseSerializer):
    """A request with its resources; a department is given its own alone."""

    operator = serializers.CharField(source="operator.name")
    scenario = serializers.SerializerMethodField()
    items = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        model = AuthorizationRequest
        fields = read_only_fields = [
            *CASE_FIELDS, "operator", "scenario", "purpose", "mode_of_use", "use_from", "use_until", "measures",
            "submitted_at", "received_at", "assessed_at", "concluded_at", "round", "correct_by", "refused_because",
            "city_letter", "city_asked_on", "city_outcome", "city_answer", "city_answered_on", "items",
        ]  # fmt: skip

    def get_scenario(self, request) -> dict | None:
        """Code and name of the scenario."""
        return {"code": request.scenario.code, "name": request.scenario.name} if request.scenario_id else None

    def get_items(self, request) -> list[dict]:
        """The resources that the caller may see."""
        return RequestItemSerializer(request.items_shown(self.context["request"]._request.actor), many=True).data


class DataUseAgreementSerializer(CaseSerializer):
    """An agreement on the use of data with its required parts and the digest of the text."""

    request = serializers.SlugRelatedField("number", read_only=True)
    succeeds = serializers.SlugRelatedField("number", read_only=True)
    text_digest = serializers.CharField(read_only=True)

    class Meta(CaseSerializer.Meta):
        model = DataUseAgreement
        fields = read_only_fields = [
            *CASE_FIELDS, "request", "starts_on", "ends_on", "parts", "edition", "text_digest", "effective_at",
            "succeeds", "succession", "suspended_because", "ended_because",
        ]  # fmt: skip


class LinkSerializer(serializers.Serializer):
    """One thing a grant rests on."""

    code = serializers.CharField()
    label = serializers.CharField()
    article = serializers.SerializerMethodField()
    number = serializers.SerializerMethodField()
    state = serializers.CharField()
    holds = serializers.BooleanField()
    reason = serializers.CharField()

    def get_article(self, link: Link) -> dict:
        """The article under which it is needed, or was closed."""
        return article(link.article)

    def get_number(self, link: Link) -> str | None:
        """The number of the case, where it is one."""
        return link.case.number if link.case else None


class GrantSerializer(serializers.ModelSerializer):
    """A grant; `is_usable` is derived for today."""

    organisation = serializers.CharField(source="organisation.name")
    operator = serializers.CharField(source="operator.name")
    resource = serializers.SerializerMethodField()
    scenario = serializers.SerializerMethodField()
    agreement = serializers.CharField(source="agreement.number")
    request = serializers.CharField(source="request.number")
    is_usable = serializers.BooleanField()

    class Meta:
        model = Grant
        fields = read_only_fields = [
            "code", "organisation", "operator", "resource", "scenario", "agreement", "request", "made_at", "is_usable",
        ]  # fmt: skip

    def get_resource(self, grant: Grant) -> dict:
        """Number, code, name, version and department of the resource."""
        return {
            "number": grant.resource.number, "code": grant.resource.code, "name": grant.version.name,
            "version": grant.version.round, "department": grant.resource.organisation.name,
        }  # fmt: skip

    def get_scenario(self, grant: Grant) -> dict:
        """Code and name of the scenario."""
        return {"code": grant.scenario.code, "name": grant.scenario.name}


class GrantInFullSerializer(GrantSerializer):
    """A grant with everything it rests on."""

    rests_on = serializers.SerializerMethodField()

    class Meta(GrantSerializer.Meta):
        fields = read_only_fields = [*GrantSerializer.Meta.fields, "rests_on"]

    def get_rests_on(self, grant: Grant) -> list[dict]:
        """Each link in order; the first that does not hold is why the grant is closed."""
        return LinkSerializer(links(grant, on=timezone.localdate()), many=True).data


class ExportSerializer(serializers.ModelSerializer):
    """An export as ordered: waiting, made, or refused with the code of the link that was not in force."""

    status = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = read_only_fields = ["code", "kind", "ordered_at", "finished_at", "sha256", "refused_code", "status"]

    def get_status(self, export: Export) -> str:
        """waiting, made or refused."""
        return "made" if export.is_made else "refused" if export.refused_code else "waiting"
