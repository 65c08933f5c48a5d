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
    """The one study that there is, or a choice."""
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
    """Browsers ask for this address where a page names no icon: files opened by themselves, Django's admin."""
    return redirect(static("earwitness.svg"))


@never_cache
@require_safe
def healthz(request):
    """For whoever watches over the server: the database answers; and is there a worker?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "worker": Worker.objects.alive().exists()})


@csrf_exempt  # a token is shown with each request; cookies mean nothing here
@never_cache
def api(request, path):
    """The programs' door. What it is made of comes in with the first of them."""
    from studio.api import answer

    return answer(request, path)


@require_safe
def openapi(request):
    from studio.api import schema

    return JsonResponse(schema(), json_dumps_params={"indent": 1})


@require_safe
def api_page(request):
    """Swagger UI in the browser, which reads `openapi`."""
    return render(request, "studio/api.html", {"here": request.build_absolute_uri()})
