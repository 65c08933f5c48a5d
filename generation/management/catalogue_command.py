"""What the commands have in common that act on corpora, runs and clips."""

from typing import Any, Protocol

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.music.score.arrangement import OPTIONS, Arrangement
from studies.management.study_command import StudyCommand, seed


class Result(Protocol):
    """What a function of the catalogue returns."""

    def sentences(self) -> list[str]: ...


class CatalogueCommand(StudyCommand):
    def conclude(self, result: Result, *, refused: int = 0) -> None:
        """Print what was done; exit with 1 where something was refused, so that a script notices."""
        self.say(result.sentences())
        if refused:
            raise CommandError(
                ngettext(
                    "%(count)s file or clip failed and is listed above. The others are done.",
                    "%(count)s files or clips failed and are listed above. The others are done.",
                    refused,
                )
                % {"count": f"{refused:,}"}
            )


def add_arrangement(
    parser: CommandParser, *, title: str = "", left_out: tuple[str, ...] = (), **beginning: Any
) -> None:
    """An argument for each option of `Arrangement`; `beginning` has what some start with."""
    group = parser.add_argument_group(title) if title else parser
    for option in OPTIONS.values():
        if option.name in left_out:
            continue
        about: dict[str, Any] = {"help": option.help}
        if option.choices:
            choices = "; ".join(f"{value}: {label}" for value, label in option.choices.items())
            about |= {"choices": list(option.choices), "help": f"{option.help} {choices}".strip()}
        else:
            about["type"] = seed if option.name == "seed" else option.kind
        default = _("default: %(value)s") % {"value": beginning.get(option.name, option.default)}
        group.add_argument(f"--{option.name}", **about | {"help": f"{about['help']} ({default})".strip()})
    parser.set_defaults(arrangement_beginning=beginning)


def arrangement_of(options: dict) -> Arrangement:
    typed = {name: options[name] for name in OPTIONS if options.get(name) is not None}
    return Arrangement.from_choices(typed, options["arrangement_beginning"])
