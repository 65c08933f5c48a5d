from types import ModuleType

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from jobs.models import Worker
from studies.access import study_page
from studies.models import Role, Study
from studio.study_steps import study_steps
from surveys.models import Survey


def welcome(request):
    return render(request, "studio/welcome.html", {"surveys": Survey.objects.open()})


@login_required
def home(request):
    """The only study of the person, or a list of their studies."""
    studies = list(Study.objects.visible_to(request.user))
    if len(studies) == 1:
        return redirect(studies[0])
    return render(request, "studio/home.html", {"studies": studies})


@study_page(Role.VIEWER)
def study(request, study):
    return render(
        request,
        "studio/study.html",
        {"steps": study_steps(study), "worker_alive": Worker.objects.alive().exists()},
    )


@require_safe
def favicon(request):
    """Browsers request this address for pages that name no icon, such as Django's admin site."""
    return redirect(static("earwitness.svg"))


@never_cache
@require_safe
def healthz(request):
    """For monitoring: whether the database answers, and whether a worker is running."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "worker": Worker.objects.alive().exists()})


@csrf_exempt  # each request has a token; cookies are ignored
@never_cache
def api(request, path):
    """Every request of a program."""
    return api_module().respond(request, path)


@require_safe
def openapi(request):
    return JsonResponse(api_module().schema(), json_dumps_params={"indent": 1})


@require_safe
def api_page(request):
    """Swagger UI in the browser, which reads `openapi`."""
    return render(request, "studio/api.html", {"here": request.build_absolute_uri()})


def api_module() -> ModuleType:
    # The one place that imports it: no participant needs the 12 MB of django-ninja and pydantic.
    from studio import api

    return api
