"""Reads a year's holiday notice: the JSON form of the public holiday-cn data set, or CSV.

JSON: `{"year": 2027, "papers": ["https://www.gov.cn/…"], "days": [{"name", "date", "isOffDay"}, …]}`; `title`,
`document` and `official` may stand beside them. CSV: the columns date, name, is_off_day.
"""

import csv
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

TRUE, FALSE = {"true", "1", "yes", "是"}, {"false", "0", "no", "否"}
NAME_AT_MOST, SOURCE_AT_MOST = 60, 300
# The notice of a year may move days of the last week of the December before it, as that of 2023 did.
FIRST_DAY_BEFORE = (12, 25)


class NoticeRefused(ValueError):
    """A notice can't be loaded; the message names each row and what is wrong with it."""

    @classmethod
    def not_text(cls, name: str) -> "NoticeRefused":
        """The refusal of a file that is not text at all."""
        return cls(_("%(name)s is not UTF-8 text.") % {"name": name})


@dataclass(frozen=True)
class Notice:
    """A year's notice. `days` holds date, occasion and whether it is a day off; `papers` the addresses it stands at."""

    year: int
    source: str
    papers: tuple[str, ...]
    official: bool
    days: tuple[tuple[date, str, bool], ...]


def read(text: str, *, name: str, source: str = "", official: bool | None = None) -> Notice:
    """The notice in the text of a file, which is CSV where its name ends so, and JSON otherwise.

    Args:
        source: title and number of the notice, in place of what the file says.
        official: whether it is official, in place of what the file says.

    Raises:
        NoticeRefused: naming each row and what is wrong with it.
    """
    if name.lower().endswith(".csv"):
        head, rows = {}, _csv_rows(text, name)
    else:
        head, rows = _json_rows(text, name)
    days = _days(rows)
    year = head.get("year") or Counter(day.year for _row, day, _name, _off in days).most_common(1)[0][0]
    papers = head.get("papers", ())
    if official is None:
        official = head.get("official", bool(papers) and all(_is_government(paper) for paper in papers))
    source = source or head.get("source") or " ".join(papers) or name
    if len(source) > SOURCE_AT_MOST:
        raise NoticeRefused(_("The source is longer than %(most)s characters.") % {"most": SOURCE_AT_MOST})
    _check(year, days)
    return Notice(year, source, papers, official, tuple((day, occasion, off) for _row, day, occasion, off in days))


def _json_rows(text: str, name: str) -> tuple[dict, list[tuple]]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise NoticeRefused(_("%(name)s is not JSON: %(error)s") % {"name": name, "error": error}) from error
    if not isinstance(data, dict) or type(data.get("year")) is not int or not isinstance(data.get("days"), list):
        raise NoticeRefused(_("%(name)s needs a year (a number) and days (a list).") % {"name": name})
    papers, title, document = data.get("papers") or [], data.get("title") or "", data.get("document") or ""
    if not isinstance(papers, list) or not all(isinstance(one, str) for one in [*papers, title, document]):
        raise NoticeRefused(_("%(name)s needs title, document and papers in text.") % {"name": name})
    head = {"year": data["year"], "papers": tuple(papers), "source": " ".join(filter(None, [title, document]))}
    if "official" in data:
        if not isinstance(data["official"], bool):
            raise NoticeRefused(_("Whether %(name)s is official must be true or false.") % {"name": name})
        head["official"] = data["official"]
    if not data["days"]:
        raise NoticeRefused(_("The notice of %(year)s has no days.") % {"year": data["year"]})
    rows = [one if isinstance(one, dict) else {} for one in data["days"]]
    return head, [
        (number, row.get("date"), row.get("name"), row.get("isOffDay")) for number, row in enumerate(rows, start=1)
    ]


def _csv_rows(text: str, name: str) -> list[tuple]:
    reader = csv.DictReader(io.StringIO(text))
    try:
        rows = [(reader.line_num, row.get("date"), row.get("name"), row.get("is_off_day")) for row in reader]
    except csv.Error as error:
        raise NoticeRefused(_("%(name)s is not CSV: %(error)s") % {"name": name, "error": error}) from error
    if not rows or not {"date", "name", "is_off_day"} <= set(reader.fieldnames):
        raise NoticeRefused(_("%(name)s needs a heading row with date, name and is_off_day.") % {"name": name})
    return [(number, day, occasion, _boolean(off)) for number, day, occasion, off in rows]


def _boolean(text: str | None) -> bool | None:
    word = (text or "").strip().lower()
    return True if word in TRUE else False if word in FALSE else None


def _is_government(paper: str) -> bool:
    host = urlsplit(paper).hostname or ""
    return host == "gov.cn" or host.endswith(".gov.cn")


def _days(rows: list[tuple]) -> list[tuple[int, date, str, bool]]:
    found, wrong = [], []
    for row, text, occasion, off in rows:
        day = _day(text)
        if day is None:
            wrong.append((row, _("“%(day)s” is not a day such as 2027-01-01") % {"day": text}))
        if not isinstance(occasion, str) or not 0 < len(occasion.strip()) <= NAME_AT_MOST:
            wrong.append((row, _("the occasion has no name of at most 60 characters")))
        elif not isinstance(off, bool):
            wrong.append((row, _("whether it is a day off must be true or false")))
        elif day is not None:
            found.append((row, day, occasion.strip(), off))
    _refuse(wrong)
    return found


def _day(text: object) -> date | None:
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _check(year: int, days: list[tuple[int, date, str, bool]]) -> None:
    if not 2000 <= year <= 2100:
        raise NoticeRefused(_("%(year)s is not a year from 2000 to 2100.") % {"year": year})
    wrong, seen = [], set()
    for row, day, _occasion, _off in days:
        if day.year != year and not date(year - 1, *FIRST_DAY_BEFORE) <= day < date(year, 1, 1):
            wrong.append((row, _("%(day)s does not belong to %(year)s") % {"day": day, "year": year}))
        if day in seen:
            wrong.append((row, _("%(day)s stands twice") % {"day": day}))
        seen.add(day)
    _refuse(wrong)


def _refuse(wrong: list[tuple[int, str]]) -> None:
    if wrong:
        raise NoticeRefused(" ".join(_("Row %(row)s: %(what)s.") % {"row": row, "what": what} for row, what in wrong))
