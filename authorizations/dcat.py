"""The catalogue as DCAT 3 in JSON-LD: one dataset an entry that is open, with conditions or without (Art. 2(2), 5(1)).

Dates, versions and codes are those of the version listed. Of people nothing is published: the contact point is the
department's responsible unit.
"""

import hashlib
import json
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from accounts.queries import bureau
from authorizations.models import DataResource
from regulation import rules

OPEN = ("unconditional", "conditional")
CHUNK = 200
EU = "http://publications.europa.eu/resource/authority"
FREQUENCY = {
    "realtime": "UPDATE_CONT", "daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "quarterly": "QUARTERLY",
    "yearly": "ANNUAL", "irregular": "IRREG",
}  # fmt: skip
"""Update cycles in the frequency vocabulary that DCAT application profiles use; others are named by their label."""
ACCESS = {"unconditional": "PUBLIC", "conditional": "RESTRICTED"}
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def published():
    """The entries that the public catalogue shows, each with the time of its first listing, the oldest first."""
    found = DataResource.objects.offered().filter(listed_version__openness__in=OPEN).select_related("organisation")
    return found.annotate(first_listed=Min("versions__submitted_at")).order_by("pk")


def etag() -> str:
    """A digest of what the document says: versions listed, the departments' particulars, the rules' labels."""
    versions = DataResource.objects.offered().filter(listed_version__openness__in=OPEN).order_by("pk")
    parts = [
        settings.SITE_URL, _rules().id, list(versions.values_list("listed_version_id", flat=True)),
        list(Organisation.objects.filter(pk__in=versions.order_by().values("organisation")).order_by("pk").values_list(
            "name", "responsible_unit", "responsible_phone", "email")),
    ]  # fmt: skip
    return f'"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}"'


def document() -> Iterator[str]:
    """The document in pieces, an entry at a time, so that the whole is never in memory."""
    head = json.dumps(_head(), ensure_ascii=False)
    yield head[:-1] + ', "dcat:dataset": ['
    rule_set = _rules()
    for number, resource in enumerate(published().iterator(chunk_size=CHUNK)):
        yield (", " if number else "") + json.dumps(dataset(resource, rule_set), ensure_ascii=False)
    yield "]}"


def _rules() -> rules.RuleSet:
    return rules.in_force_or_last(timezone.localdate())


def _url(name: str, *args) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def _said(text: str, language: str = "zh-Hans") -> dict:
    return {"@value": text, "@language": language}


def _moment(value) -> dict:
    return {"@value": timezone.localtime(value).isoformat(), "@type": "xsd:dateTime"}


def _theme_id(code: str) -> str:
    return f"{_url('catalog-jsonld')}#theme-{code}"


def _head() -> dict:
    office = bureau()
    scheme = f"{_url('catalog-jsonld')}#themes"
    return {
        "@context": CONTEXT,
        "@id": _url("catalog-jsonld"),
        "@type": "dcat:Catalog",
        "dct:title": [_said("公共数据授权运营目录"), _said("Catalogue for authorised operation of public data", "en")],
        "dct:description": _said("本区无条件开放和有条件开放的公共数据资源目录信息，不含原始数据。"),
        "dct:publisher": _agent(office),
        "dct:language": {"@id": f"{EU}/language/ZHO"},
        "foaf:homepage": {"@id": _url("catalogue")},
        "dcat:themeTaxonomy": {
            "@id": scheme,
            "@type": "skos:ConceptScheme",
            "dct:title": _said("主题分类"),
            "skos:hasTopConcept": [
                {
                    "@id": _theme_id(code), "@type": "skos:Concept", "skos:inScheme": {"@id": scheme},
                    "skos:notation": code, "skos:prefLabel": [_said(label.zh), _said(label.en, "en")],
                }
                for code, label in _rules().option_lists["theme"].items()
            ],
        },
    }  # fmt: skip


def _agent(organisation: Organisation) -> dict:
    return {
        "@id": f"{_url('catalog-jsonld')}#organisation-{organisation.pk}",
        "@type": "foaf:Organization",
        "foaf:name": _said(organisation.name),
    }


def _contact(organisation: Organisation) -> dict:
    point = {
        "@id": f"{_url('catalog-jsonld')}#contact-{organisation.pk}",
        "@type": "vcard:Organization",
        "vcard:fn": _said(" ".join(filter(None, [organisation.name, organisation.responsible_unit]))),
    }
    if organisation.email:
        point["vcard:hasEmail"] = {"@id": f"mailto:{organisation.email}"}
    if organisation.responsible_phone:
        point["vcard:hasTelephone"] = {"@id": "tel:" + "-".join(organisation.responsible_phone.split())}
    return point


def _label(rule_set: rules.RuleSet, name: str, code: str) -> str:
    label = rule_set.option_lists[name].get(code)
    return label.zh if label else code


def dataset(resource: DataResource, rule_set: rules.RuleSet) -> dict:
    """One entry as a dataset with its distribution."""
    version, page = resource.listed_version, _url("catalogue-entry", resource.number)
    access = {"@id": f"{EU}/access-right/{ACCESS[version.openness]}"}
    cycle = version.update_cycle
    frequency = {"@id": f"{EU}/frequency/{FREQUENCY[cycle]}"} if cycle in FREQUENCY else {
        "@type": "dct:Frequency", "rdfs:label": _said(_label(rule_set, "update_cycle", cycle))}  # fmt: skip
    place = version.region or _label(rule_set, "level", version.level)
    return {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:identifier": resource.code,
        "dct:title": _said(version.name),
        "dct:description": _said(version.summary),
        "dct:publisher": _agent(resource.organisation),
        "dcat:contactPoint": _contact(resource.organisation),
        "dcat:theme": {"@id": _theme_id(version.theme)},
        "dcat:keyword": [_said(field["label"]) for field in version.fields],
        "dct:accrualPeriodicity": frequency,
        "dct:spatial": {"@type": "dct:Location", "rdfs:label": _said(place)},
        "dct:accessRights": access,
        "dct:issued": _moment(resource.first_listed),
        "dct:modified": _moment(version.submitted_at),
        "dcat:version": str(version.round),
        "dct:provenance": {
            "@type": "dct:ProvenanceStatement",
            "rdfs:label": _said(
                f"由{resource.organisation.name}编制，经主管部门审核后列入目录（第 {version.round} 版，"
                f"{timezone.localdate(version.submitted_at).isoformat()}）。"
            ),
        },
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": {
            "@id": f"{page}#distribution",
            "@type": "dcat:Distribution",
            "dct:title": _said(version.name),
            "dcat:accessURL": {"@id": page},
            "dct:format": {"@type": "dct:MediaTypeOrExtent", "rdfs:label": _said(
                _label(rule_set, "resource_format", version.resource_format))},
            "dct:accessRights": access,
        },
    }  # fmt: skip
