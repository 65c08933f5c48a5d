"""What is wrong with a form, for those who see no form: a script, and the upload of many files."""

from django.forms import BaseForm


def error_sentences(*forms: BaseForm | None) -> str:
    return " ".join(
        f"{form.fields[name].label or name.capitalize()}: {error}" if name in form.fields else error
        for form in forms
        if form
        for name, errors in form.errors.items()
        for error in errors
    )
