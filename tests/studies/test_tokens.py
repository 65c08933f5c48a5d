"""Tokens: made by a person for a program, shown once, revoked at once."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from studies.models import Token

pytestmark = pytest.mark.django_db


def test_a_token_is_shown_once_and_kept_as_a_digest_only(client, owner):
    client.force_login(owner)
    page = client.post(reverse("studies:account"), {"name": "laptop"}).content.decode()
    token = Token.objects.get()
    text = page.partition('value="ew_')[2].partition('"')[0]
    assert Token.objects.find(f"ew_{text}") == token
    assert text not in client.get(reverse("studies:account")).content.decode()
    assert text not in str(Token.objects.values())


def test_a_name_is_given_once_to_each_person(client, owner, viewer):
    Token.objects.issue(owner, "laptop")
    client.force_login(owner)
    page = client.post(reverse("studies:account"), {"name": "laptop"}).content.decode()
    assert "You already have a token “laptop”" in page
    client.force_login(viewer)
    client.post(reverse("studies:account"), {"name": "laptop"})
    assert Token.objects.count() == 2


def test_a_revoked_token_opens_nothing(client, owner, viewer):
    token, text = Token.objects.issue(owner, "laptop")
    client.force_login(viewer)
    assert client.post(reverse("studies:revoke", args=[token.pk])).status_code == 404
    client.force_login(owner)
    client.post(reverse("studies:revoke", args=[token.pk]))
    assert Token.objects.find(text) is None


def test_a_person_who_left_takes_the_tokens_along(owner):
    _, text = Token.objects.issue(owner, "laptop")
    owner.is_active = False
    owner.save()
    assert Token.objects.find(text) is None


def test_when_a_token_was_last_used_is_written_down_to_the_minute(owner, django_assert_num_queries):
    token, _ = Token.objects.issue(owner, "laptop")
    token.mark_used()
    token.refresh_from_db()
    assert timezone.now() - token.used < timedelta(seconds=10)
    with django_assert_num_queries(0):
        token.mark_used()


def test_tokens_are_made_and_revoked_in_a_terminal_as_well(owner, capsys):
    call_command("make_token", "cluster", user="olga")
    assert Token.objects.find(capsys.readouterr().out.strip()).name == "cluster"
    with pytest.raises(CommandError, match='olga already has a token "cluster"'):
        call_command("make_token", "cluster", user="olga")
    with pytest.raises(CommandError, match=r'has no token "laptop"\. Tokens: "cluster"'):
        call_command("revoke_token", "laptop", user="olga")
    call_command("revoke_token", "cluster", user="olga")
    assert not Token.objects.exists()
