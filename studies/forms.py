from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from studies.models import Invitation, Membership, Role, Token


class InviteForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["role"]
        help_texts = {
            "role": _(
                "Viewers see the study and listen to clips. Analysts also see results. Editors also create and change "
                "things. Owners also invite people."
            )
        }


class RoleForm(forms.Form):
    """A new role for a member; none removes them from the study."""

    role = forms.ChoiceField(choices=[*Role.choices, ("none", _("none (remove from the study)"))])

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, initial={"role": membership.role}, **kwargs)
        self.membership = membership

    def clean_role(self):
        role = self.cleaned_data["role"]
        others = self.membership.study.memberships.filter(role=Role.OWNER).exclude(pk=self.membership.pk)
        if self.membership.role == Role.OWNER and role != Role.OWNER and not others.exists():
            raise forms.ValidationError(_("A study needs an owner. Make another member an owner first."))
        return role

    def save(self) -> None:
        if self.cleaned_data["role"] == "none":
            self.membership.delete()
        else:
            self.membership.role = self.cleaned_data["role"]
            self.membership.save(update_fields=["role"])


class NewPersonForm(UserCreationForm):
    """For people who were invited and have no account yet."""


class TokenForm(forms.ModelForm):
    class Meta:
        model = Token
        fields = ["name"]
        help_texts = {"name": _("What the token is for, such as a laptop, a cluster or a script.")}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.user = user

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        if self.user.tokens.filter(name=name).exists():
            raise forms.ValidationError(
                gettext("You already have a token “%(name)s”. Revoke it, or choose another name.") % {"name": name}
            )
        return name
