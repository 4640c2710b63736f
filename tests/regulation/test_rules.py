"""The shipped rule set, and rule files that are refused with file, entry and reason."""

import tomllib
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.utils import translation

from accounts.roles import OrganisationKind, Role
from regulation import rule_files, rules
from regulation.rules import BrokenRules, NoRulesInForce
from tests.regulation.rule_folder import SHIPPED, RuleFolder

BREAKS = tomllib.loads((Path(__file__).parent / "broken_rules.toml").read_text("utf-8"))["case"]
CITED = [
    ("preliminary_review", 5, "working_days", "18(2)"),
    ("assessment", 5, "working_days", "18(1)"),
    ("confirmation", 5, "working_days", "18(1)"),
    ("operating_agreement", 2, "years", "13"),
    ("log_retention", 2, "years", "14"),
]
DUTIES = [
    ("inspection", 3, "months", "29(1)"),
    ("partner_report", 1, "months", "30"),
    ("security_training", 3, "months", "31(2)"),
    ("security_check", 1, "months", "34"),
    ("security_audit", 1, "months", "34"),
    ("risk_report", 1, "years", "34"),
    ("emergency_drill", 1, "years", "35"),
    ("evaluation", 1, "years", "25(1)"),
]


@pytest.fixture(scope="module")
def shipped():
    return rule_files.read(SHIPPED)


@pytest.fixture
def folder(tmp_path, settings) -> RuleFolder:
    settings.RULES_DIR = tmp_path
    return RuleFolder(tmp_path)


@pytest.mark.parametrize(("name", "value", "unit", "article"), CITED)
def test_each_period_has_its_figure_and_article(shipped, name, value, unit, article):
    period = shipped.period(name)
    assert (period.name, period.value, period.unit, period.article) == (name, value, unit, article)
    assert period in shipped.periods


@pytest.mark.parametrize(("name", "value", "unit", "article"), DUTIES)
def test_each_recurring_duty_has_its_cycle_and_article(shipped, name, value, unit, article):
    duty = shipped.duty(name)
    assert (duty.value, duty.unit, duty.article) == (value, unit, article)


def test_lengths_are_said_in_words(shipped):
    with translation.override("en"):
        assert shipped.period("assessment").words == "5 working days"
        assert shipped.period("assessment").title == "Assessment"
        assert shipped.duty("partner_report").words == "1 month"
    with translation.override("zh-hans"):
        assert shipped.period("assessment").title == "评估确认"


def test_the_checklists_are_those_of_article_9(shipped):
    assert [point.article for point in shipped.checklist("qualification")] == [
        "9(2)(1)", "9(2)(1)", "9(2)(1)", "9(2)(2)",
    ]  # fmt: skip
    assert [point.article for point in shipped.checklist("technical")] == [f"9(3)({item})" for item in range(1, 8)]
    points = shipped.checklist("qualification") + shipped.checklist("technical")
    assert len({point.code for point in points}) == 11
    assert all(point.title and point.asks and point.evidence for point in points)


def test_the_parts_are_those_of_articles_13_17_and_19(shipped):
    parts = {kind: [part.code for part in shipped.parts(kind)] for kind in rule_files.NEEDED["parts"]}
    assert parts == {
        "operating_agreement": [
            "parties", "content", "procedure", "scope", "term", "responsibility", "supervision", "termination",
            "security", "force_majeure",
        ],
        "data_use_agreement": [
            "scenario", "data_list", "access", "term", "charging", "responsibility", "confidentiality",
        ],
        "platform_service_agreement": ["services", "term", "fees", "entry_exit", "rights_duties", "confidentiality"],
        "partner_rules": ["qualification", "procedure", "conduct", "exit_grounds", "exit_procedure"],
    }  # fmt: skip
    cited = {kind: {part.article for part in shipped.parts(kind)} for kind in parts}
    assert cited == {
        "operating_agreement": {"13"}, "data_use_agreement": {"19(1)"}, "platform_service_agreement": {"19(2)"},
        "partner_rules": {"17"},
    }  # fmt: skip


TERM = {"starts_on": "2026-03-01", "ends_on": "2028-02-29"}
MODEL_TEXTS = {
    # The facts each kind of agreement puts into its model text, and what one part then says.
    "operating_agreement": (
        {"bureau": "甲", "operator": "乙", "number": "福府〔2026〕1号", "years": 2},
        ("term", "本协议期限 2 年，自 2026-03-01 起至 2028-02-29 止，期满自行终止。"),
    ),
    "data_use_agreement": (
        {"bureau": "甲", "user": "乙", "number": "SQ-1", "scenario": "场景", "purpose": "目的", "mode": "接口调用",
         "resources": "资源一\n资源二", "measures": "措施", "departments": "卫生健康局"},
        ("data_list", "资源一\n资源二"),
    ),
    "platform_service_agreement": (
        {"operator": "乙", "partner": "丙", "number": "GZ-1"},
        ("term", "自 2026-03-01 起至 2028-02-29 止。"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", MODEL_TEXTS)
def test_a_model_text_takes_the_facts_and_is_chinese_in_any_language(shipped, kind):
    facts, (code, said) = MODEL_TEXTS[kind]
    with translation.override("en"):
        texts = {part.code: part.model_text(**facts | TERM) for part in shipped.parts(kind)}
    assert all(texts.values())
    assert texts[code] == said
    assert "{" not in "".join(texts.values())


def test_where_an_operator_writes_its_own_rules_there_is_no_model_text(shipped):
    assert [part.model_text() for part in shipped.parts("partner_rules")] == [""] * 5


def test_where_the_measures_are_silent_a_basis_is_recorded(shipped):
    silent = [
        shipped.setting("correction_stops_clock"), shipped.setting("panel_minimum"), shipped.setting("panel_odd"),
        shipped.warning("task"), shipped.warning("agreement_expiry"), shipped.warning("rules_end"),
        *shipped.criteria("operator_panel"),
    ]  # fmt: skip
    assert all(entry.article == "" and entry.basis.zh and entry.basis.en for entry in silent)
    assert shipped.setting("correction_stops_clock").value is False
    assert (shipped.setting("panel_minimum").value, shipped.setting("panel_odd").value) == (3, True)
    assert (shipped.warning("task").ahead, shipped.warning("agreement_expiry").days_ahead) == (1, (90, 30, 7))
    assert sum(criterion.maximum for criterion in shipped.criteria("operator_panel")) == 100


def test_every_role_and_kind_of_organisation_has_its_label(shipped):
    assert set(shipped.roles) == rule_files.NEEDED["roles"] == set(Role.values)
    assert set(shipped.kinds) == rule_files.NEEDED["kinds"] == set(OrganisationKind.values)
    with translation.override("zh-hans"):
        assert shipped.role_label("operator") == shipped.kind_label("operator") == "授权运营单位（申报单位）"
    with translation.override("en"):
        assert shipped.role_label("operator") == "Authorised operator (applicant)"


def test_number_prefixes_and_fields_of_expertise(shipped):
    assert [shipped.number_prefix(kind) for kind in ("call", "operator-application", "operating-agreement")] == [
        "TZ", "SQ", "XY",
    ]  # fmt: skip
    with translation.override("zh-hans"):
        assert shipped.options("expertise")[0] == ("data", "数据治理与运营")


@pytest.mark.parametrize("case", BREAKS, ids=lambda case: case["said"])
def test_a_broken_file_is_refused_with_file_entry_and_reason(folder, case):
    folder.change({case["old"]: case["new"]})
    with pytest.raises(BrokenRules) as broken:
        rules.all_rule_sets()
    assert str(broken.value) == f"futian-2024.toml: {case['said']}"
    assert [(error.id, error.msg) for error in run_checks() if error.id.startswith("regulation")] == [
        ("regulation.E001", str(broken.value))
    ]


def test_a_file_that_is_not_toml_is_refused(folder):
    (folder.path / "next.toml").write_bytes(b"id = \xff")
    with pytest.raises(BrokenRules, match=r"^next.toml: 'utf-8' codec can't decode byte 0xff"):
        rules.all_rule_sets()


def test_an_empty_folder_is_refused(tmp_path, settings):
    settings.RULES_DIR = tmp_path / "nowhere"
    assert [error.id for error in run_checks() if error.id.startswith("regulation")] == ["regulation.E002"]


def test_two_files_that_overlap_or_share_an_id_are_refused(folder):
    folder.add_successor({"from = 2027-01-30": "from = 2027-01-29"})
    with pytest.raises(
        BrokenRules, match="^futian-2027 begins on 2027-01-29, before futian-2024 has ended on 2027-01-29$"
    ):
        rules.all_rule_sets()
    folder.add_successor({'id = "futian-2027"': 'id = "futian-2024"'})
    with pytest.raises(BrokenRules, match="^two files have the same id: futian-2024$"):
        rules.all_rule_sets()


def test_days_without_rules_between_two_sets_are_warned_of(folder):
    folder.add_successor({"from = 2027-01-30": "from = 2027-03-01"})
    warnings = [warning for warning in run_checks() if warning.id.startswith("regulation")]
    assert [(warning.id, warning.msg) for warning in warnings] == [
        ("regulation.W001", "No rule set is in force from 2027-01-30 to 2027-02-28.")
    ]


def test_an_unknown_rule_set_is_refused():
    with translation.override("en"), pytest.raises(NoRulesInForce, match="^There is no rule set “futian-1999”.$"):
        rules.get("futian-1999")
    assert rules.get("futian-2024").id == "futian-2024"
