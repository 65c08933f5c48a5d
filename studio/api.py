"""The API, put together of what each app brings. Imported with the first question, never with the addresses: it
costs a tenth of a second and ten megabytes that no participant needs."""

import logging
from functools import cache

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RoutePattern
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.throttling import SimpleRateThrottle

import evaluation.api
import generation.api
import studies.api
import surveys.api
from generation.api.schemas import NotNow
from generation.catalogue.errors import NotThere
from studies.errors import EarwitnessError

log = logging.getLogger(__name__)
PREFIX = "/api/"
ABOUT = (
    "Everything that a page of the studio does, for programs. Each request carries a token: "
    "`Authorization: Bearer ew_...`. What goes wrong is answered with `error`, one plain sentence."
)
UNKNOWN = "Send a token that is valid: Authorization: Bearer ew_..., made on the page of your account."


class ForEachToken(SimpleRateThrottle):
    scope = "token"

    def __init__(self):
        super().__init__(f"{settings.API_REQUESTS_A_MINUTE}/min")

    def get_cache_key(self, request) -> str:
        return f"api-token-{request.auth.pk}"


def put_together() -> NinjaAPI:
    api = NinjaAPI(
        title="Earwitness",
        version="1",
        description=ABOUT,
        auth=studies.api.Bearer(),
        throttle=ForEachToken(),
        docs_url=None,  # it would be drawn by a script from elsewhere; `studio.api_page` draws our own
        openapi_url=None,
        urls_namespace="programs",
    )
    for app in (studies, generation, surveys, evaluation):
        api.add_router("", app.api.router)
    answer_errors(api)
    return api


def answer_errors(api: NinjaAPI) -> None:
    """Each error as {"error": one plain sentence}."""

    def on(error: type[Exception], status: int, words=str) -> None:
        api.exception_handler(error)(lambda request, raised: refusal(words(raised), status))

    on(AuthenticationError, 401, lambda raised: UNKNOWN)
    on(PermissionDenied, 403)
    on(Http404, 404)
    on(Throttled, 429, lambda raised: f"More than {settings.API_REQUESTS_A_MINUTE} requests a minute: wait a little.")
    on(ValidationError, 422, in_words)
    on(HttpError, 400)
    on(SuspiciousOperation, 413, lambda raised: "That is more than a request may bring; files go to a source's clips.")
    on(NotNow, 409)
    on(EarwitnessError, 400)
    on(NotThere, 404)

    @api.exception_handler(Exception)
    def broken(request, error):
        log.exception("%s %s", request.method, request.path, exc_info=error)
        return refusal("Something broke on the server; what it was stands in its log.", 500)


def refusal(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)


def in_words(error: ValidationError) -> str:
    """What is wrong with which value: "clips: Input should be greater than or equal to 1."."""
    said = []
    for one in error.errors:
        where = [str(part) for part in one["loc"][1:] if part not in ("wanted",)]
        said.append(f"{'.'.join(where) or 'The request'}: {one['msg']}")
    return "; ".join(said) + "."


@cache
def api() -> NinjaAPI:
    return put_together()


@cache
def addresses() -> URLResolver:
    return URLResolver(RoutePattern(""), api().urls[0])


@cache
def schema() -> dict:
    return api().get_openapi_schema(path_prefix=PREFIX)


def answer(request, path: str) -> HttpResponse:
    try:
        match = addresses().resolve(path)
    except Resolver404:
        return refusal(f"There is nothing at {request.path}; {PREFIX} lists what there is.", 404)
    response = match.func(request, *match.args, **match.kwargs)
    if response.status_code == 405:
        allowed = response.headers.get("Allow", "")
        return refusal(f"{request.path} is not for {request.method}, but for {allowed}.", 405)
    return response
