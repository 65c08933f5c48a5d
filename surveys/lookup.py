from django.utils.translation import gettext as _

from studies.lookup import find_named
from studies.models import Study
from surveys.models import Survey


def find_survey(study: Study, name: str) -> Survey:
    """By its name or slug, as people type it."""
    return find_named(
        study.surveys,
        name,
        missing=_('There is no survey "%(name)s" in this study.'),
        none_yet=_("Create one first: manage.py create_survey NAME --template recommended"),
    )
