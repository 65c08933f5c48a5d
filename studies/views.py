from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
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
        messages.success(request, _("Invitation created. Send its link to the person. It works once, for two weeks."))
    else:
        messages.error(request, _("Choose one of the four roles."))
    return redirect("studies:people", study.slug)


@require_POST
@study_page(Role.OWNER)
def withdraw(request, study, invitation):
    get_object_or_404(study.invitations, pk=invitation).delete()
    messages.success(request, _("Invitation withdrawn."))
    return redirect("studies:people", study.slug)


@require_POST
@study_page(Role.OWNER)
def change_role(request, study, membership):
    form = RoleForm(request.POST, membership=get_object_or_404(study.memberships, pk=membership))
    if form.is_valid():
        form.save()
        messages.success(request, _("Role saved."))
    else:
        messages.error(request, " ".join(form.errors["role"]))
    return redirect("studies:people", study.slug)


def invitation(request, key):
    """The first person who opens the link becomes a member, with their account or with a new one."""
    row = Invitation.objects.open().filter(key=key).select_related("study").first()
    if row is None:
        return render(request, "studies/invitation_over.html", status=404)
    form = NewPersonForm(request.POST or None) if not request.user.is_authenticated else None
    if request.method == "POST" and (form is None or form.is_valid()):
        with transaction.atomic():
            user = form.save() if form else request.user
            if not accept(row, user):
                return render(request, "studies/invitation_over.html", status=404)
        if form:
            login(request, user)
        return redirect(row.study)
    return render(request, "studies/invitation.html", {"invitation": row, "form": form})


def accept(invitation: Invitation, user) -> bool:
    """Make the user a member; False if the link was used already. A larger role that they have stays."""
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
    """A person's tokens. A new token is shown only on the page that creates it, so there is no redirect."""
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
    row = get_object_or_404(request.user.tokens, pk=token)
    row.delete()
    messages.success(request, _("The token “%(name)s” is revoked.") % {"name": row.name})
    return redirect("studies:account")
