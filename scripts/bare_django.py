"""The smallest Django there is: no middleware, one view that does nothing. The floor of the benchmark of access."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="bare", MIDDLEWARE=[])


def nothing(request: HttpRequest) -> HttpResponse:
    """Answers what an allowed call is answered."""
    return HttpResponse(b'{"decision":"allow"}', content_type="application/json")


urlpatterns = [path("nothing/", nothing)]
application = get_wsgi_application()
