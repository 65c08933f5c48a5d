import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from studies.access import study_page
from studies.models import Membership, Role, Study


@study_page(Role.EDITOR)
def workshop(request, study):
    return study


def visit(rf, user, study="piano-study"):
    request = rf.get("/")
    request.user = user
    return workshop(request, study)


def test_each_role_may_do_all_that_the_smaller_ones_may():
    assert [role.value for role in sorted(Role, key=lambda role: role.rank)] == ["viewer", "analyst", "editor", "owner"]
    assert Role.OWNER.includes(Role.EDITOR)
    assert Role.EDITOR.includes(Role.EDITOR)
    assert not Role.ANALYST.includes(Role.EDITOR)


def test_an_editor_enters_the_workshop(rf, editor, study):
    assert visit(rf, editor) == study


def test_a_viewer_is_told_which_role_it_takes(rf, viewer):
    with pytest.raises(PermissionDenied, match="needs the role editor; yours is viewer"):
        visit(rf, viewer)


def test_a_stranger_does_not_learn_that_the_study_exists(rf, study, django_user_model):
    stranger = django_user_model.objects.create_user("stranger")
    with pytest.raises(Http404) as there:
        visit(rf, stranger)
    with pytest.raises(Http404) as nowhere:
        visit(rf, stranger, study="no-such-study")
    assert str(there.value).replace("piano-study", "X") == str(nowhere.value).replace("no-such-study", "X")


def test_nobody_has_two_roles_in_one_study(study, editor, django_user_model):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        Membership.objects.create(study=study, user=editor, role=Role.OWNER)


def test_two_studies_of_one_name_have_different_addresses(db):
    slugs = [Study.objects.create(name=name).slug for name in ("Bach", "Bach", "бах")]
    assert slugs == ["bach", "bach-2", "untitled"]
