"""Rows as an administrator sees them: to look at, not to change."""

import pytest
from django.urls import reverse

from surveys.rehearsal.robots import rehearse


@pytest.fixture
def admin(client, admin_user):
    client.force_login(admin_user)
    return client


@pytest.mark.parametrize("model", ["survey", "participant", "trial", "answer"])
def test_every_list_and_row_can_be_looked_at(admin, survey, model):
    rehearse(survey, listeners=1)
    assert admin.get(reverse(f"admin:surveys_{model}_changelist")).status_code == 200
    assert admin.get(reverse(f"admin:surveys_{model}_change", args=[1])).status_code == 200


def test_an_answer_cannot_be_made_or_changed(admin, survey, participant):
    participant.next_trial().record(ratings={}, verdict="ai")
    assert admin.get(reverse("admin:surveys_answer_add")).status_code == 403
    assert admin.post(reverse("admin:surveys_answer_change", args=[1]), {"verdict": "human"}).status_code == 403


def test_the_codes_of_a_participant_are_not_shown(admin, participant):
    page = admin.get(reverse("admin:surveys_participant_change", args=[participant.pk])).content.decode()
    assert participant.code not in page
    assert participant.withdrawal_code not in page
