"""The catalogue as DCAT 3 in JSON-LD: public, open entries only, valid by its shape, with an ETag."""

import json
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import Graph, Namespace
from rdflib.namespace import RDF

SHAPES = Path(__file__).with_name("dcat_shapes.ttl")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
EU = "http://publications.europa.eu/resource/authority"


def fetched(page, **headers) -> dict:
    answer = page(None).client.get("/catalog.jsonld", headers=headers)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/ld+json"
    return json.loads(b"".join(answer.streaming_content))


def faults(document: dict) -> str:
    """What the shapes find wrong with a document; empty where it conforms. The context is in it: no network."""
    graph = Graph().parse(data=json.dumps(document), format="json-ld")
    conforms, _graph, text = validate(graph, shacl_graph=Graph().parse(SHAPES), inference="none", meta_shacl=True)
    return "" if conforms else text


@pytest.fixture
def told(data_story):
    """One entry of each class, a delisted one, one with a new version under review, one of the city."""
    story = data_story
    health = story.department("health").organisation
    health.responsible_phone = "0755 0000 0002"
    health.save()
    story.resource(code="HE-1", openness="unconditional")
    story.resource(code="HE-2", update_cycle="realtime", level="city", region="Neighbouring district")
    story.resource(code="HE-3", openness="not_open", legal_basis="A law.")
    story.resource("delisted", code="HE-4")
    story.resource("revision_review", code="HE-5")
    story.resource("review", code="HE-6")
    story.resource("draft", code="HE-7")
    return story


def test_the_document_conforms_to_its_shapes(told, page):
    assert faults(fetched(page)) == ""


def test_it_holds_the_open_entries_in_the_version_listed(told, page):
    datasets = {one["dct:identifier"]: one for one in fetched(page)["dcat:dataset"]}
    assert sorted(datasets) == ["HE-1", "HE-2", "HE-5"]
    assert datasets["HE-1"]["dct:accessRights"] == {"@id": f"{EU}/access-right/PUBLIC"}
    assert datasets["HE-2"]["dct:accessRights"] == {"@id": f"{EU}/access-right/RESTRICTED"}
    assert datasets["HE-2"]["dct:accrualPeriodicity"] == {"@id": f"{EU}/frequency/UPDATE_CONT"}
    assert datasets["HE-2"]["dct:spatial"]["rdfs:label"]["@value"] == "Neighbouring district"
    assert (datasets["HE-5"]["dct:description"]["@value"], datasets["HE-5"]["dcat:version"]) == (
        "What HE-5 holds.", "1",
    )  # fmt: skip


def test_no_person_is_in_it(told, page):
    text = json.dumps(fetched(page))
    assert "Su Wen" not in text
    assert "Head of health" not in text
    assert "tel:0755-0000-0002" in text


def test_a_catalogue_without_entries_conforms_too(data_story, page):
    document = fetched(page)
    assert document["dcat:dataset"] == []
    assert faults(document) == ""


def test_every_entry_is_read_as_a_dataset(told, page):
    graph = Graph().parse(data=json.dumps(fetched(page)), format="json-ld")
    assert len(list(graph.subjects(RDF.type, DCAT.Dataset))) == 3
    assert len(list(graph.subjects(RDF.type, DCAT.Distribution))) == 3


@pytest.mark.parametrize("lost", [
    "dct:identifier", "dct:title", "dct:description", "dct:publisher", "dcat:contactPoint", "dcat:theme",
    "dct:accrualPeriodicity", "dct:spatial", "dct:accessRights", "dct:issued", "dct:modified", "dcat:version",
    "dct:provenance", "dcat:distribution",
])  # fmt: skip
def test_the_shapes_refuse_a_document_that_lacks_something(told, page, lost):
    document = fetched(page)
    del document["dcat:dataset"][0][lost]
    assert faults(document)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dct:accessRights", {"@id": f"{EU}/access-right/WHATEVER"}),
        ("dct:accrualPeriodicity", {"@id": "http://example.test/often"}),
        ("dct:modified", {"@value": "yesterday", "@type": "xsd:dateTime"}),
        ("dcat:theme", {"@id": "http://example.test/no-such-theme"}),
        ("dcat:version", "new"),
    ],
)
def test_the_shapes_refuse_what_is_no_such_value(told, page, name, value):
    document = fetched(page)
    document["dcat:dataset"][0][name] = value
    assert faults(document)


def test_who_has_it_already_is_told_so(told, page):
    client = page(None).client
    etag = client.get("/catalog.jsonld")["ETag"]
    again = client.get("/catalog.jsonld", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_another_etag_follows_a_new_version_a_delisting_and_another_telephone(told, page):
    client = page(None).client
    seen = [client.get("/catalog.jsonld")["ETag"]]

    def changed() -> None:
        seen.append(client.get("/catalog.jsonld")["ETag"])
        assert len(set(seen)) == len(seen)

    resources = type(told.resource("draft", code="HE-8")).objects
    assert client.get("/catalog.jsonld")["ETag"] == seen[0]
    resources.get(code="HE-5").enlist(by=told.cast.bureau)
    changed()
    resources.get(code="HE-1").delist(by=told.cast.bureau, reason="No longer kept.")
    changed()
    organisation = told.cast.health.organisation
    organisation.responsible_phone = "0755 0000 0003"
    organisation.save()
    changed()


def test_it_is_read_only(page, data_story):
    assert page(None).client.post("/catalog.jsonld").status_code == 405
    assert page(None).client.head("/catalog.jsonld").status_code == 200
