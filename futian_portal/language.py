"""The language of a page: what the reader chose, Chinese until then, whatever the browser asks for."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


def activate_chosen(request: HttpRequest) -> None:
    """Activate the language that the cookie names, or else the office's."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    translation.activate(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)


class ChosenLanguageMiddleware(LocaleMiddleware):
    """Takes the language from the cookie that the switch sets; the office's language is the default for everybody."""

    def process_request(self, request):
        """Activate the chosen language."""
        activate_chosen(request)
        request.LANGUAGE_CODE = translation.get_language()
