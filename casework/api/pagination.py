"""Cursor pages: never a count, never an offset, never more than a hundred rows."""

from datetime import date

from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination, CursorPagination
from rest_framework.response import Response

from casework import keys


class CaseCursor(CursorPagination):
    """Cases, the latest first."""

    ordering = "-id"
    page_size = 50
    max_page_size = 100
    page_size_query_param = "page_size"

    def decode_cursor(self, request):
        """The place in the list; one that somebody made up is not found, as every other place that is none."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and keys.number(cursor.position) is None:
            raise NotFound(self.invalid_cursor_message)
        return cursor


def page_size(request, *, default: int = 50, most: int = 100) -> int:
    """The page size asked for, between 1 and `most`."""
    asked = keys.number(request.query_params.get("page_size", ""), digits=5)
    return default if asked is None else min(max(asked, 1), most)


class TaskCursor(BasePagination):
    """The inbox by `(due_on, id)`, read forward over its index."""

    def position(self, request) -> tuple[date, int] | None:
        """Where the page begins: behind this task."""
        text = request.query_params.get("after", "")
        if not text:
            return None
        found = keys.place(text)
        if found is None:
            raise NotFound
        return found

    def answer(self, request, tasks, serialize) -> Response:
        """One page and the address of the next one."""
        size = page_size(request)
        found = list(tasks[: size + 1])
        page, following = found[:size], None
        if len(found) > size:
            query = request.query_params.copy()
            query["after"] = f"{page[-1].due_on}_{page[-1].pk}"
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return Response({"next": following, "results": serialize(page)})
