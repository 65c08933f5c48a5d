"""The API, built from the routers of the apps.

It is imported with the first request of a program and not with the URLs, because django-ninja and pydantic cost a third
of a second and 12 MB that no participant needs (docs/decisions/api-comes-in-late.md).
"""

import logging
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RoutePattern
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.throttling import SimpleRateThrottle

import evaluation.api
import generation.api
import jobs.api
import studies.api
import surveys.api
from generation.api.schemas import NotNow
from studies.errors import EarwitnessError, NotThere

log = logging.getLogger(__name__)
PREFIX = "/api/"
ABOUT = (
    "The API does everything the studio does. Each request needs a token: `Authorization: Bearer ew_...`. "
    "A request that fails returns `error`, one plain sentence."
)
UNKNOWN = "Send a valid token: Authorization: Bearer ew_... You can create one on your account page."


class TokenRateThrottle(SimpleRateThrottle):
    scope = "token"

    def __init__(self):
        super().__init__(f"{settings.API_REQUESTS_A_MINUTE}/min")

    def get_cache_key(self, request) -> str:
        return f"api-token-{request.auth.pk}"


def build_api() -> NinjaAPI:
    api = NinjaAPI(
        title="Earwitness",
        version="1",
        description=ABOUT,
        auth=studies.api.Bearer(),
        throttle=TokenRateThrottle(),
        docs_url=None,  # the page must not load ninja: `studio.views.api_page` shows the same, `openapi` describes it
        openapi_url=None,
        urls_namespace="programs",
    )
    for app in (studies, jobs, generation, surveys, evaluation):
        api.add_router("", app.api.router)
    add_error_handlers(api)
    return api


def add_error_handlers(api: NinjaAPI) -> None:
    """Return each error as {"error": one plain sentence}."""

    def on(error: type[Exception], status: int, sentence: Callable[[Exception], str] = str) -> None:
        api.exception_handler(error)(lambda request, raised: refusal(sentence(raised), status))

    on(AuthenticationError, 401, lambda raised: UNKNOWN)
    on(PermissionDenied, 403)
    on(Http404, 404)
    most = settings.API_REQUESTS_A_MINUTE
    on(Throttled, 429, lambda raised: _("More than %(most)d requests a minute. Wait a minute.") % {"most": most})
    on(ValidationError, 422, validation_sentence)
    on(HttpError, 400)
    on(SuspiciousOperation, 413, lambda raised: _("The request is too large. Upload files to the clips of a source."))
    on(NotNow, 409)
    on(EarwitnessError, 400)
    on(NotThere, 404)

    @api.exception_handler(Exception)
    def report_failure(request, error):
        log.exception("%s %s", request.method, request.path, exc_info=error)
        return refusal(_("The server failed; its log has the details."), 500)


def refusal(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)


def validation_sentence(error: ValidationError) -> str:
    """What is wrong with which value: "clips: Input should be greater than or equal to 1."."""
    problems = []
    for problem in error.errors:
        field = ".".join(str(part) for part in problem["loc"][1:] if part not in ("wanted",))
        problems.append(f"{field or 'The request'}: {problem['msg']}")
    return "; ".join(problems) + "."


@cache
def api() -> NinjaAPI:
    return build_api()


@cache
def resolver() -> URLResolver:
    return URLResolver(RoutePattern(""), api().urls[0])


@cache
def schema() -> dict:
    return api().get_openapi_schema(path_prefix=PREFIX)


def respond(request, path: str) -> HttpResponse:
    try:
        match = resolver().resolve(path)
    except Resolver404:
        return refusal(
            _("There is nothing at %(path)s. %(prefix)s lists what exists.") % {"path": request.path, "prefix": PREFIX},
            404,
        )
    response = match.func(request, *match.args, **match.kwargs)
    if response.status_code == 405:
        values = {"path": request.path, "method": request.method, "allowed": response.headers.get("Allow", "")}
        return refusal(_("%(path)s does not accept %(method)s, only %(allowed)s.") % values, 405)
    return response
