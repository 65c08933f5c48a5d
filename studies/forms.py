from django import forms
from django.contrib.auth.forms import UserCreationForm

from studies.models import Invitation, Membership, Role, Token


class InviteForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["role"]
        help_texts = {"role": "Viewers look and listen; analysts see results; editors build; owners also invite."}


class RoleForm(forms.Form):
    """A new role for a member, or none: then they leave the study."""

    role = forms.ChoiceField(choices=[*Role.choices, ("none", "no role: leaves the study")])

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, initial={"role": membership.role}, **kwargs)
        self.membership = membership

    def clean_role(self):
        role = self.cleaned_data["role"]
        others = self.membership.study.memberships.filter(role=Role.OWNER).exclude(pk=self.membership.pk)
        if self.membership.role == Role.OWNER and role != Role.OWNER and not others.exists():
            raise forms.ValidationError("A study needs an owner: make somebody else an owner first.")
        return role

    def save(self) -> None:
        if self.cleaned_data["role"] == "none":
            self.membership.delete()
        else:
            self.membership.role = self.cleaned_data["role"]
            self.membership.save(update_fields=["role"])


class NewPersonForm(UserCreationForm):
    """Somebody who was invited and has no account here yet."""


class TokenForm(forms.ModelForm):
    class Meta:
        model = Token
        fields = ["name"]
        help_texts = {"name": "What it is for: a laptop, a cluster, a script."}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.user = user

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        if self.user.tokens.filter(name=name).exists():
            raise forms.ValidationError(f"You have a token “{name}” already: revoke it, or choose another name.")
        return name
