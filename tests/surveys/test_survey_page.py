"""A researcher's pages about surveys."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from jobs.models import Job
from surveys.allocation.allocation import admit
from surveys.exclusion_rules import RULES
from surveys.models import Participant, Survey
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey
from tests.surveys.conftest import add_source
from tests.surveys.test_taking_part import text_of


@pytest.fixture
def draft(study, bach, lstm) -> Survey:
    return create_survey(study, "Draft", template="paper")[0]


@pytest.fixture
def desk(client, editor):
    """The pages as an editor sees them: `desk("survey", "draft")`, `desk("open", "draft", post={})`."""
    return opener(client, editor)


@pytest.fixture
def seen(client, viewer):
    return opener(client, viewer)


def opener(client, user):
    client.force_login(user)

    def open_page(name, *args, post=None):
        address = reverse(f"survey_studio:{name}", args=["piano-study", *args])
        return client.get(address) if post is None else client.post(address, post, follow=True)

    return open_page


def test_without_surveys_the_page_teaches_the_next_step(desk):
    assert "No surveys yet" in text_of(desk("surveys"))


def test_the_list_counts_people_and_no_robots(desk, survey):
    admit(survey)
    admit(survey, robot=True, rehearsal="x")
    page = text_of(desk("surveys"))
    assert "Can you tell? open recommended 1 0" in page


def test_a_survey_is_made_on_a_page(desk, study, bach, lstm):
    page = desk(
        "new_survey",
        post={"name": "Made", "template": "paper", "sources": [bach.pk, lstm.pk], "clips_per_participant": "2"},
    )
    assert "Survey created. Preview it, run a rehearsal, then open it." in text_of(page)
    made = study.surveys.get()
    assert (made.template, made.clips.count(), made.clips_per_participant) == ("paper", 4, 2)


def test_only_models_with_clips_are_offered(desk, bach, lstm):
    lstm.clips.update(rendered=None)
    page = text_of(desk("new_survey"))
    assert "Bach human, 2 clips" in page
    assert "Our LSTM" not in page


def test_a_preference_survey_is_made_on_a_page_with_all_that_belongs_to_it(desk, study):
    for name in ("Bach", "LSTM", "Magenta"):
        add_source(study, name, "human" if name == "Bach" else "ai", clips=4)
    sources = list(study.sources.values_list("pk", flat=True))
    said = {"pairs_per_participant": 4, "practice": 1, "checks": 1, "repeats": 1}
    page = desk("new_survey", post={"name": "Which?", "template": "preference", "sources": sources, **said})
    text = text_of(page)
    assert "Pairs per participant 4, about" in text and "“No difference” as an answer not offered" in text
    assert "Practice clips 1: " in text and "Attention checks 1 Repeats 1" in text
    assert "Order of questions" not in text


def test_rules_are_kept_on_a_page_until_somebody_has_answered(desk, draft):
    page = desk("rules", draft.slug).content.decode()
    assert 'value="50"' in page
    wanted = {rule.key: rule.standard * (100 if rule.is_share else 1) for rule in RULES} | {"fast_share": 60}
    assert "60 % of the answers were too fast" in text_of(desk("rules", draft.slug, post=wanted))
    assert "less than or equal to 100" in text_of(desk("rules", draft.slug, post=wanted | {"fast_share": 600}))
    open_survey(draft)
    admit(draft).next_trial().record(verdict="ai")
    assert "The rules can no longer be changed" in text_of(desk("rules", draft.slug))
    assert "has answers already" in text_of(desk("rules", draft.slug, post=wanted))


def test_without_clips_the_page_leads_to_them(desk, study):
    assert "No rendered clips yet" in text_of(desk("new_survey"))


def test_what_cannot_be_made_is_said_on_the_form(desk, draft, bach):
    page = desk("new_survey", post={"name": "Draft", "template": "paper", "sources": [bach.pk]})
    assert "A survey &quot;Draft&quot; with other clips or settings exists" in text_of(page)
    page = desk("new_survey", post={"name": "", "template": "poster", "sources": []})
    assert "Choose at least one model." in text_of(page)
    assert Survey.objects.count() == 1


def test_the_page_of_a_survey_says_how_it_stands(desk, draft):
    page = desk("survey", draft.slug)
    assert "http://testserver/s/draft/" in page.content.decode()
    page = text_of(page)
    assert "Bach human 2 0" in page
    assert "People 0 0 0" in page
    assert "verdict first" in page


def test_it_counts_what_people_and_robots_did(desk, survey, participant):
    participant.next_trial().record(ratings={}, verdict="ai")
    call_command("rehearse", survey.slug, "--listeners", "2")
    page = text_of(desk("survey", survey.slug))
    assert "People 1 0 1" in page
    assert "Simulated participants 2 2 8" in page


def test_a_survey_is_opened_and_closed(desk, draft):
    assert "The survey is open. Send people the link." in text_of(desk("open", draft.slug, post={}))
    draft.refresh_from_db()
    assert draft.is_open
    desk("close", draft.slug, post={})
    draft.refresh_from_db()
    assert draft.state == "closed"


def test_what_keeps_it_from_opening_is_listed(desk, draft, bach):
    bach.clips.filter(number=1).update(retired=True)
    assert "1 clip cannot be heard: Bach 1" in text_of(desk("survey", draft.slug))
    desk("open", draft.slug, post={})
    draft.refresh_from_db()
    assert not draft.is_open


def test_a_rehearsal_is_done_in_the_background(desk, draft, settings):
    page = desk("rehearse", draft.slug, post={"listeners": "2", "seed": "1"})
    assert "Run a rehearsal: Draft Waiting for a worker." in text_of(page)
    assert "The rehearsal has started with 2 simulated participants" in text_of(page)
    desk("rehearse", draft.slug, post={"listeners": "2", "seed": "1"})  # pressed twice
    call_command("worker", "--once", "--verbosity", "0")
    assert "2 simulated participants took the survey." in text_of(desk("survey", draft.slug))
    assert Job.objects.count() == 1
    assert draft.participants.robots().finished().count() == 2
    desk("forget_robots", draft.slug, post={})
    assert not Participant.objects.exists()


@pytest.mark.parametrize("listeners", ["", "0", "many", "1000000"])
def test_a_rehearsal_of_nonsense_is_refused(desk, draft, listeners):
    assert "Enter 1 to 1000 simulated participants" in text_of(
        desk("rehearse", draft.slug, post={"listeners": listeners, "seed": "1"})
    )


def test_the_preview_shows_what_is_asked_and_keeps_nothing(desk, draft):
    page = text_of(desk("preview", draft.slug))
    assert "This is a preview. Nothing is saved." in page
    assert page.index("Do you believe this song") < page.index("How complex is it?")
    assert not Participant.objects.exists()


@pytest.mark.parametrize("page", ["surveys", "new_survey"])
def test_strangers_learn_nothing(client, django_user_model, study, page):
    desk = opener(client, django_user_model.objects.create_user("stranger"))
    assert desk(page).status_code == 404


def test_viewers_look_and_change_nothing(seen, draft):
    page = text_of(seen("survey", draft.slug))
    assert "Run rehearsal" not in page
    assert seen("new_survey").status_code == 403
    for action in ("open", "close", "rehearse", "forget_robots"):
        assert seen(action, draft.slug, post={}).status_code == 403
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_survey_of_another_study_is_not_found(desk, draft):
    from studies.models import Study

    Survey.objects.update(study=Study.objects.create(name="Elsewhere"))
    assert desk("survey", draft.slug).status_code == 404
