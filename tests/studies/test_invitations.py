from datetime import timedelta

import pytest
from django.utils import timezone

from studies.models import Invitation, Role


@pytest.fixture
def invitation(study):
    return Invitation.objects.create(study=study, role=Role.ANALYST)


NEWCOMER = {"username": "nora", "password1": "a long enough secret", "password2": "a long enough secret"}


def test_an_owner_makes_a_link_that_makes_a_newcomer_a_member(client, owner, study):
    client.force_login(owner)
    client.post("/studio/piano-study/people/invite/", {"role": "editor"})
    link = study.invitations.open().get().get_absolute_url()
    assert link in client.get("/studio/piano-study/people/").content.decode()

    client.logout()
    response = client.post(link, NEWCOMER, follow=True)

    assert response.redirect_chain[-1][0] == "/studio/piano-study/"
    assert study.role_of(response.wsgi_request.user) == Role.EDITOR


def test_a_link_works_once(client, invitation, study):
    client.post(invitation.get_absolute_url(), NEWCOMER)
    client.logout()
    assert client.post(invitation.get_absolute_url(), {**NEWCOMER, "username": "second"}).status_code == 404
    assert [str(member) for member in study.members.all()] == ["nora"]


def test_a_link_ends_after_two_weeks(client, invitation):
    Invitation.objects.update(expires=timezone.now() - timedelta(minutes=1))
    assert client.get(invitation.get_absolute_url()).status_code == 404


def test_an_invitation_never_makes_a_role_smaller(client, invitation, owner, study):
    client.force_login(owner)
    client.post(invitation.get_absolute_url())
    assert study.role_of(owner) == Role.OWNER


def test_the_last_owner_stays(client, owner, study):
    client.force_login(owner)
    membership = study.memberships.get()
    page = client.post(f"/studio/piano-study/people/{membership.pk}/", {"role": "none"}, follow=True)
    assert "A study needs an owner" in page.content.decode()
    assert study.role_of(owner) == Role.OWNER


def test_only_owners_invite(client, editor):
    client.force_login(editor)
    assert client.post("/studio/piano-study/people/invite/", {"role": "owner"}).status_code == 403
    assert not Invitation.objects.exists()
