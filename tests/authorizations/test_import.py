"""Workbooks out and in: what is wrong is named by sheet, row and column, nothing is half-entered, nothing runs."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from authorizations import importing, workbooks
from authorizations.models import DataResource
from casework.ledger.models import Entry
from casework.refusals import NotYourStep, WrongState
from casework.spreadsheets import XLSX
from tests.desk import nothing_changes

HEADS = [str(label) for label in (
    "Resource code", "Name", "Summary", "Theme", "Format", "Update cycle", "Class of openness", "Legal basis", "Grade",
    "Holds personal information", "Holds business secrets", "Administrative level", "Region outside the district",
    "Completeness (%)", "Accuracy (%)", "Timeliness (%)", "Contact person", "Contact telephone",
)]  # fmt: skip
FIELD_HEADS = ["Resource code", "Field name", "What it is", "Type", "Sensitivity level"]
ROW = [
    "HE-1", "Visits a day", "By clinic.", "Health", "Database table", "Daily", "Conditionally open", "", "General data",
    "No", "No", "District", "", 98.5, 99, None, "Su Wen", "0755-00000001",
]  # fmt: skip
FIELD = ["HE-1", "visits", "Visits", "Number", "Level 2 (internal)"]


def row(**given) -> list:
    """A row that is in order, but for what is given by the heading's first word in lower case."""
    values = dict(zip(HEADS, ROW, strict=True))
    for heading, value in given.items():
        values[next(one for one in HEADS if one.lower().replace(" ", "_").startswith(heading))] = value
    return list(values.values())


def book(rows=(ROW,), fields=(FIELD,), *, heads=HEADS, field_heads=FIELD_HEADS, sheets=("Resources", "Fields")):
    """A workbook as its bytes."""
    made = Workbook()
    first = made.active
    first.title = sheets[0]
    for one in (heads, *rows):
        first.append(one)
    if len(sheets) > 1:
        second = made.create_sheet(sheets[1])
        for one in (field_heads, *fields):
            second.append(one)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def upload(page, actor, data: bytes, name="resources.xlsx", **more):
    file = SimpleUploadedFile(name, data, content_type=XLSX)
    return page(actor).client.post("/catalogue/import/", {"file": file} | more)


@pytest.fixture
def health(data_story):
    return data_story.department("health")


def faults(answer) -> list[tuple]:
    assert answer.status_code == 422, answer.content.decode()
    return [(fault.sheet, fault.row, fault.column) for fault in answer.context["faults"]]


def refused_as_a_whole(answer) -> str:
    assert answer.status_code == 422
    return answer.context["form"].errors["file"][0]


# --- what is right ---------------------------------------------------------------------------------------------


def test_a_row_begins_an_entry_by_the_ordinary_step(health, page):
    assert upload(page, health, book()).status_code == 302
    resource = DataResource.objects.get()
    assert (resource.code, resource.state, resource.organisation) == ("HE-1", "draft", health.organisation)
    assert (resource.theme, resource.update_cycle, resource.completeness) == ("health", "daily", 98.5)
    assert resource.fields == [{"name": "visits", "label": "Visits", "type": "number", "sensitivity": "s2"}]
    assert [entry.action for entry in Entry.objects.filter(case_number=resource.number)] == ["begin"]


def test_a_code_of_ones_own_changes_the_entry(data_story, health, page):
    resource = data_story.resource("listed", code="HE-1")
    assert upload(page, health, book()).status_code == 302
    resource.refresh_from_db()
    assert (resource.state, resource.name, resource.listed_version.name) == ("listed", "Visits a day", "Resource HE-1")
    assert Entry.objects.filter(case_number=resource.number).order_by("seq").last().action == "edit"


def test_chinese_headings_and_choices_and_codes_are_read_alike(health, page):
    heads = ["资源编码", "名称", "摘要", "主题", "数据格式", "更新周期", "开放属性", "法律依据", "数据分级",
             "涉及个人信息", "涉及商业秘密", "行政层级", "区外地区",
             "完整率（%）", "准确率（%）", "及时率（%）", "联系人", "联系电话"]  # fmt: skip
    values = ["HE-1", "门诊", "按日。", "卫生健康", "table", "每日", "有条件开放", "", "一般数据", "否",
              "是", "区级", "", 1, 2, 3, "苏问安", 75500000001]  # fmt: skip
    data = book([values], [["HE-1", "rc", "人次", "数值", "s2"]], heads=heads, sheets=("资源", "字段"),
                field_heads=["资源编码", "字段名", "含义", "类型", "敏感等级"])  # fmt: skip
    assert upload(page, health, data).status_code == 302
    resource = DataResource.objects.get()
    assert (resource.theme, resource.business_secret, resource.contact_phone) == ("health", True, "75500000001")


def test_what_was_exported_is_imported_as_it_is(data_story, health, page):
    nasty = {"summary": "=cmd|' /C calc'!A0\r\nSecond line", "name": "'+SUM(1)", "region": "-", "contact_name": "@x"}
    data_story.resource("listed", code="HE-1", **nasty)
    data_story.resource("draft", code="HE-2", completeness="", fields="")
    data_story.resource("review", code="HE-3")
    data_story.resource("listed", who="transport", code="TR-1")
    for address in ("/catalogue/import/own/", "/catalogue/?format=xlsx&department=" + str(health.organisation.pk)):
        data = page(health).client.get(address).content
        with nothing_changes():
            answer = upload(page, health, data)
        assert answer.status_code == 302, address
    outcome = importing.take_workbook(page(health).client.get("/catalogue/import/own/").content, "a.xlsx", by=health)
    assert (outcome.created, outcome.changed, outcome.unchanged, outcome.faults) == (0, 0, 3, [])


def test_checking_alone_enters_nothing(health, page):
    with nothing_changes():
        answer = upload(page, health, book(), check="1")
    assert answer.status_code == 200
    assert "1 new, 0 changed, 0 unchanged" in answer.content.decode()


def test_the_template_is_empty_and_is_read(health, page):
    data = page(health).client.get("/catalogue/import/template/").content
    made = load_workbook(BytesIO(data))
    assert [cell.value for cell in made.worksheets[0][1]] == HEADS
    assert len(made.worksheets[0].data_validations.dataValidation) == 8
    answer = upload(page, health, data)
    assert faults(answer) == [("Resources", 0, "")]
    assert "The workbook holds no resource." in answer.content.decode()


# --- what is wrong with a cell ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"name": ""}, "Name"), ({"name": "x" * 121}, "Name"), ({"theme": "Fishing"}, "Theme"),
        ({"format": "paper"}, "Format"), ({"update": "often"}, "Update cycle"), ({"class": "x"}, "Class of openness"),
        ({"class": "Not open"}, "Legal basis"), ({"grade": "secret"}, "Grade"), ({"resource": "a b"}, "Resource code"),
        ({"holds_personal": "perhaps"}, "Holds personal information"), ({"completeness": 101}, "Completeness (%)"),
        ({"accuracy": "high"}, "Accuracy (%)"), ({"timeliness": 1.234}, "Timeliness (%)"),
        ({"contact_telephone": "call me"}, "Contact telephone"), ({"administrative": ""}, "Administrative level"),
        ({"summary": "=1+1"}, "Summary"), ({"summary": "x" * 30_000}, "Summary"),
    ],
)  # fmt: skip
def test_a_faulty_cell_is_named(health, page, given, column):
    code = given.get("resource", "HE-1")
    good = ["HE-2", *ROW[1:]]
    with nothing_changes():
        answer = upload(page, health, book([good, row(**given)], [[code, *FIELD[1:]]]))
    assert faults(answer) == [("Resources", 3, column)]


@pytest.mark.parametrize(
    ("field", "column"),
    [
        (["HE-1", "", "Visits", "Number", "s2"], "Field name"), (["HE-1", "v", "", "Number", "s2"], "What it is"),
        (["HE-1", "v", "V", "Figure", "s2"], "Type"), (["HE-1", "v", "V", "Number", "s9"], "Sensitivity level"),
        (["HE-1", "v|w", "V", "Number", "s2"], "Field name"), (["HE-1", "visits", "V", "Number", "s2"], "Field name"),
        (["HE-9", "v", "V", "Number", "s2"], "Resource code"), (["HE-1", "v", "=A1", "Number", "s2"], "What it is"),
    ],
)  # fmt: skip
def test_a_faulty_field_is_named(health, page, field, column):
    with nothing_changes():
        answer = upload(page, health, book(fields=[FIELD, field]))
    assert faults(answer) == [("Fields", 3, column)]


def test_a_code_that_stands_twice_is_named(health, page):
    with nothing_changes():
        answer = upload(page, health, book([ROW, ROW]))
    assert faults(answer) == [("Resources", 3, "Resource code")]
    assert "stands in row 2 already" in answer.content.decode()


def test_the_code_of_another_department_is_named(data_story, health, page):
    data_story.resource("listed", who="transport", code="HE-1")
    with nothing_changes():
        answer = upload(page, health, book())
    assert faults(answer) == [("Resources", 2, "Resource code")]


@pytest.mark.parametrize("state", ["review", "revision_review"])
def test_an_entry_under_review_is_not_changed(data_story, health, page, state):
    data_story.resource(state, code="HE-1")
    with nothing_changes():
        answer = upload(page, health, book())
    assert faults(answer) == [("Resources", 2, "Resource code")]


def test_every_fault_is_told_at_once_and_good_rows_are_not_entered(health, page):
    rows = [ROW, row(resource="HE-2", theme="x", grade="y"), row(resource="HE-3", name="")]
    with nothing_changes():
        answer = upload(page, health, book(rows))
    assert faults(answer) == [("Resources", 3, "Theme"), ("Resources", 3, "Grade"), ("Resources", 4, "Name")]


def test_a_refusal_while_rows_are_entered_undoes_those_before_it(data_story, health, page, monkeypatch):
    data_story.resource("listed", code="HE-2")
    edit = DataResource.edit

    def too_late(self, **given):
        raise WrongState("Somebody was faster.")

    too_late.step = edit.step
    monkeypatch.setattr(DataResource, "edit", too_late)
    with nothing_changes():
        answer = upload(page, health, book([ROW, row(resource="HE-2")]))
    assert faults(answer) == [("Resources", 3, "Resource code")]
    assert "Somebody was faster." in answer.content.decode()


# --- what is wrong with the file -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"code,name\nHE-1,Visits", "resources.csv", "Send an Excel workbook"),
        (b"code,name\nHE-1,Visits", "resources.xlsx", "not accepted"),
        (b"PK\x03\x04broken", "resources.xlsx", "not accepted"),
        (b"%PDF-1.4 %%EOF", "resources.xlsx", "does not fit"),
        (b"<html><script>", "resources.xlsx", "not accepted"),
        (b"\xd0\xcf\x11\xe0 old Excel", "resources.xls", "not accepted"),
    ],
)
def test_what_is_no_workbook_is_refused(health, page, data, name, words):
    with nothing_changes():
        message = refused_as_a_whole(upload(page, health, data, name))
    assert words in message or "kind of file" in message


def test_an_archive_that_only_looks_like_a_workbook_is_refused(health, page):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<nothing/>")
        archive.writestr("xl/workbook.xml", "<workbook>")
    with nothing_changes():
        message = refused_as_a_whole(upload(page, health, out.getvalue()))
    assert message == "The file can't be read as an Excel workbook."


def test_a_workbook_that_expands_without_end_is_refused(health, page):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<nothing/>")
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    with nothing_changes():
        assert "expands" in refused_as_a_whole(upload(page, health, out.getvalue()))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sheets": ("Resources",)}, "There is no sheet “Fields”"),
        ({"sheets": ("Data", "Fields")}, "There is no sheet “Resources”"),
        ({"heads": HEADS[:-1], "rows": [ROW[:-1]]}, "lacks these columns: Contact telephone"),
        ({"heads": [*HEADS, "Colour"], "rows": [[*ROW, "red"]]}, "a column “Colour” that is not known"),
        ({"heads": [*HEADS, "Name"], "rows": [[*ROW, "x"]]}, "the column “Name” twice"),
        ({"rows": [row(resource=f"HE-{n}") for n in range(501)]}, "more than 500 rows"),
    ],
)
def test_what_is_wrong_with_the_whole_is_said_in_words(health, page, given, words):
    with nothing_changes():
        assert words in refused_as_a_whole(upload(page, health, book(**given)))


def test_a_file_that_is_too_large_is_refused_unread(health, page, monkeypatch):
    monkeypatch.setattr(workbooks, "BYTES_AT_MOST", 1024 * 1024)
    monkeypatch.setattr(importing, "read", None)
    with nothing_changes():
        assert "larger than 1 MB" in refused_as_a_whole(upload(page, health, book() + b"0" * 1024 * 1024))


@pytest.mark.parametrize("who", ["bureau", "operator", "partner", "finance", "sysadmin"])
def test_nobody_but_a_department_imports(data_story, page, who):
    actor = data_story.cast[who]
    with nothing_changes():
        assert upload(page, actor, book()).status_code == 403
        assert page(actor).open("catalogue-import").status_code == 403
        assert page(actor).open("catalogue-own").status_code == 403
        with pytest.raises(NotYourStep):
            importing.take_workbook(book(), "a.xlsx", by=actor)


# --- what comes out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "'=1", "''=1"])
def test_nothing_that_is_exported_runs_and_it_comes_back_as_it_was(text):
    class Cell:
        value = workbooks.safe(text)

    assert Cell.value.startswith("'")
    assert workbooks._text(Cell) == text.strip() if text[0] != "\t" else text


def test_the_catalogue_goes_out_as_it_is_shown(data_story, page):
    data_story.resource("listed", code="HE-1", summary="=HYPERLINK(1)")
    data_story.resource("revision_review", code="HE-2")
    data_story.resource("draft", code="HE-3")
    data_story.resource("listed", who="transport", code="TR-1", theme="transport")
    answer = page(data_story.cast.partner).client.get("/catalogue/?format=xlsx&theme=health")
    assert answer["Content-Type"] == XLSX
    made = load_workbook(BytesIO(answer.content))
    rows = list(made["Resources"].values)
    assert [one[0] for one in rows[1:]] == ["HE-2", "HE-1"]
    assert rows[1][2] == "What HE-2 holds."
    assert rows[2][2] == "'=HYPERLINK(1)"
    assert {one[0] for one in list(made["Fields"].values)[1:]} == {"HE-1", "HE-2"}
    assert all(cell.data_type != "f" for sheet in made for line in sheet.iter_rows() for cell in line)
