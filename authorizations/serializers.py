"""What the API says of resources, requests and agreements on use. Every serializer lists its fields."""

from django.utils import timezone
from rest_framework import serializers

from accounts.roles import Role
from authorizations.links import Link, links_seen
from authorizations.models import (
    AuthorizationRequest,
    DataResource,
    DataUseAgreement,
    Export,
    Grant,
    Need,
    NeedAnswer,
    Objection,
    QualityAnswer,
    QualityIssue,
    RequestItem,
    ResourceVersion,
)
from authorizations.models.resource import TEXT_FIELDS
from authorizations.sheets.request import TEXT
from casework.serializers import CASE_FIELDS, CaseSerializer, article


class ResourceTextSerializer(serializers.ModelSerializer):
    """What an entry says: the version listed, or the text worked on. Codes are those of the rule set's lists."""

    class Meta:
        model = DataResource
        fields = read_only_fields = list(TEXT_FIELDS)


class ResourceVersionSerializer(serializers.ModelSerializer):
    """One version as it was listed."""

    version = serializers.IntegerField(source="round")
    listed_at = serializers.DateTimeField(source="submitted_at")

    class Meta:
        model = ResourceVersion
        fields = read_only_fields = ["version", "listed_at", "digest", *TEXT_FIELDS]


class DataResourceSerializer(CaseSerializer):
    """An entry of the catalogue: the version listed, and for its department and the bureau the text worked on."""

    name = serializers.CharField(source="title", read_only=True)
    summary = serializers.SerializerMethodField()
    listed_version = ResourceVersionSerializer(read_only=True, allow_null=True)
    working_text = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        model = DataResource
        fields = read_only_fields = [*CASE_FIELDS, "code", "name", "summary", "listed_version", "working_text"]

    def get_summary(self, resource) -> str:
        """The summary in the catalogue; before the first listing the one worked on."""
        return (resource.listed_version or resource).summary

    def get_working_text(self, resource) -> dict | None:
        """The text worked on, for its department and the bureau; null for others."""
        if not resource.is_open_to(self.context["request"]._request.actor):
            return None
        return ResourceTextSerializer(resource).data


class NeedAnswerSerializer(serializers.ModelSerializer):
    """An answer to a need."""

    organisation = serializers.CharField(source="organisation.name")
    resource = serializers.CharField(source="resource.code", default=None)

    class Meta:
        model = NeedAnswer
        fields = read_only_fields = ["organisation", "outcome", "provide_by", "resource", "reasons", "given_at"]


class NeedSerializer(CaseSerializer):
    """A need that the catalogue does not meet, with its answers."""

    department = serializers.CharField(source="department.name", default=None)
    answers = NeedAnswerSerializer(many=True)

    class Meta(CaseSerializer.Meta):
        model = Need
        fields = read_only_fields = [
            *CASE_FIELDS, "subject", "description", "scenario", "theme", "wanted_by", "department", "answer_by",
            "declined_because", "answers",
        ]  # fmt: skip


class ObjectionSerializer(CaseSerializer):
    """An objection with its answer; what bureau and department wrote to each other is null for users."""

    resource = serializers.CharField(source="resource.code")
    request = serializers.SerializerMethodField()
    question = serializers.SerializerMethodField()
    opinion = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        model = Objection
        fields = read_only_fields = [
            *CASE_FIELDS, "about", "resource", "request", "grounds", "question", "opinion_by", "opinion", "reasons",
            "measure", "decided_at",
        ]  # fmt: skip

    @property
    def actor(self):
        """Who asks."""
        return self.context["request"]._request.actor

    def get_request(self, objection) -> str | None:
        """The number of the request; a department is not told it."""
        return objection.request.number if objection.request_id and not self.actor.has(Role.DEPARTMENT) else None

    def get_question(self, objection) -> str | None:
        """What the department was asked."""
        return None if self.actor.has(Role.OPERATOR, Role.PARTNER) else objection.question

    def get_opinion(self, objection) -> str | None:
        """What the department said."""
        return None if self.actor.has(Role.OPERATOR, Role.PARTNER) else objection.opinion


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
        return RequestItemSerializer(request.items_shown(self._actor), many=True).data

    @property
    def _actor(self):
        return self.context["request"]._request.actor

    def to_representation(self, request) -> dict:
        """Of a correction that the applicant is still writing, others get what was handed in before."""
        shown, handed_in = super().to_representation(request), request.handed_in_for(self._actor)
        if handed_in is None:
            return shown
        now, name = shown["scenario"] or {}, handed_in["scenario"]
        scenario = {"code": now["code"] if now.get("name") == name else None, "name": name}
        return shown | {name: handed_in[name] for name in TEXT} | {"scenario": scenario}


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


class QualityAnswerSerializer(serializers.ModelSerializer):
    """One answer of the department to a quality issue."""

    version = serializers.IntegerField(source="version.round", default=None)

    class Meta:
        model = QualityAnswer
        fields = read_only_fields = [
            "round", "outcome", "text", "corrected_on", "version", "answer_by", "answered_at", "reopened_at",
            "reopened_because",
        ]  # fmt: skip


class QualityIssueSerializer(CaseSerializer):
    """A quality issue with the department's answers; `organisation` stands for whoever raised it."""

    resource = serializers.CharField(source="resource.number")
    code = serializers.CharField(source="resource.code")
    version_seen = serializers.IntegerField(source="version_seen.round")
    department = serializers.CharField(source="department.name")
    raised_by = serializers.SerializerMethodField()
    grant = serializers.SerializerMethodField()
    answers = QualityAnswerSerializer(many=True)

    class Meta(CaseSerializer.Meta):
        model = QualityIssue
        fields = read_only_fields = [
            *CASE_FIELDS, "resource", "code", "version_seen", "department", "raised_by", "grant", "field", "problem",
            "description", "answer_by", "returned_because", "operator_opinion", "bureau_opinion", "ended_because",
            "answers",
        ]  # fmt: skip

    def get_raised_by(self, issue) -> str:
        """Who raised it; to the department, the operator of a partner."""
        named = issue.names_raiser(self.context["request"]._request.actor)
        return issue.raised_by.name if named else issue.organisation.name

    def get_grant(self, issue) -> str | None:
        """The grant under which the problem was found; not for the department, which need not know whose it is."""
        return (
            issue.grant.code
            if issue.grant_id and self.context["request"]._request.actor.organisation.pk != (issue.department_id)
            else None
        )


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
        """The number of the case, where it is one that the caller may see."""
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
        seen = links_seen(grant, on=timezone.localdate(), by=self.context["actor"])
        return LinkSerializer(seen, many=True).data


class ExportSerializer(serializers.ModelSerializer):
    """An export as ordered: waiting, made, or refused with the code of the link that was not in force."""

    status = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = read_only_fields = ["code", "kind", "ordered_at", "finished_at", "sha256", "refused_code", "status"]

    def get_status(self, export: Export) -> str:
        """waiting, made or refused."""
        return "made" if export.is_made else "refused" if export.refused_code else "waiting"
