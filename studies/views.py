from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from studies.access import study_page
from studies.forms import InviteForm, NewPersonForm, RoleForm, TokenForm
from studies.models import Invitation, Membership, Role, Token


@study_page(Role.VIEWER)
def people(request, study):
    context = {"memberships": study.memberships.select_related("user"), "roles": Role}
    if request.role == Role.OWNER:
        invitations = list(study.invitations.open())
        for open_invitation in invitations:
            open_invitation.link = request.build_absolute_uri(open_invitation.get_absolute_url())
        context |= {"invitations": invitations, "form": InviteForm()}
    return render(request, "studies/people.html", context)


@require_POST
@study_page(Role.OWNER)
def invite(request, study):
    form = InviteForm(request.POST, instance=Invitation(study=study))
    if form.is_valid():
        form.save()
        messages.success(request, "Here is a link: send it to the person. It works once, for two weeks.")
    else:
        messages.error(request, "Choose one of the four roles.")
    return redirect("studies:people", study.slug)


@require_POST
@study_page(Role.OWNER)
def withdraw(request, study, invitation):
    get_object_or_404(study.invitations, pk=invitation).delete()
    messages.success(request, "The link no longer works.")
    return redirect("studies:people", study.slug)


@require_POST
@study_page(Role.OWNER)
def change_role(request, study, membership):
    form = RoleForm(request.POST, membership=get_object_or_404(study.memberships, pk=membership))
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
    else:
        messages.error(request, " ".join(form.errors["role"]))
    return redirect("studies:people", study.slug)


def invitation(request, key):
    """Whoever opens the link first becomes a member: with the account at hand, or with a new one."""
    found = Invitation.objects.open().filter(key=key).select_related("study").first()
    if found is None:
        return render(request, "studies/invitation_over.html", status=404)
    form = NewPersonForm(request.POST or None) if not request.user.is_authenticated else None
    if request.method == "POST" and (form is None or form.is_valid()):
        with transaction.atomic():
            user = form.save() if form else request.user
            if not accept(found, user):
                return render(request, "studies/invitation_over.html", status=404)
        if form:
            login(request, user)
        return redirect(found.study)
    return render(request, "studies/invitation.html", {"invitation": found, "form": form})


def accept(invitation: Invitation, user) -> bool:
    """Make the user a member. False if somebody else was quicker; a role already held is never made smaller."""
    if not Invitation.objects.open().filter(pk=invitation.pk).update(accepted_by=user):
        return False
    membership, created = Membership.objects.get_or_create(
        study=invitation.study, user=user, defaults={"role": invitation.role}
    )
    if not created and Role(invitation.role).includes(Role(membership.role)):
        membership.role = invitation.role
        membership.save(update_fields=["role"])
    return True


@never_cache
@login_required
def account(request):
    """A person's tokens. A new one is on the page that makes it and nowhere else: hence no redirect."""
    form = TokenForm(request.POST or None, user=request.user)
    text = ""
    if request.method == "POST" and form.is_valid():
        token, text = Token.objects.issue(request.user, form.cleaned_data["name"])
        form = TokenForm(user=request.user)
    context = {"form": form, "text": text, "new": token if text else None, "tokens": request.user.tokens.all()}
    return render(request, "studies/account.html", context)


@require_POST
@login_required
def revoke(request, token):
    found = get_object_or_404(request.user.tokens, pk=token)
    found.delete()
    messages.success(request, f"The token “{found.name}” no longer works.")
    return redirect("studies:account")
