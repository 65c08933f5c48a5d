"""What the commands have in common that act on corpora, runs and clips."""

from django.core.management.base import CommandError

from generation.music.score.arrangement import OPTIONS, Arrangement
from studies.management.study_command import StudyCommand, seed


class CatalogueCommand(StudyCommand):
    def conclude(self, result, *, bad: int = 0) -> None:
        """Say what came of it; exit with 1 where something was refused, so that a script notices."""
        self.say(result.sentences())
        if bad:
            raise CommandError(f"{bad} could not be taken; they are listed above, the rest was done.")


def add_arrangement(parser, *, title: str = "", left_out: tuple[str, ...] = (), **beginning) -> None:
    """An argument for each option of `Arrangement`; `beginning` has what some start with."""
    group = parser.add_argument_group(title) if title else parser
    for option in OPTIONS.values():
        if option.name in left_out:
            continue
        about = {"help": option.help}
        if option.choices:
            described = "; ".join(f"{value}: {words}" for value, words in option.choices.items())
            about |= {"choices": list(option.choices), "help": f"{option.help} {described}".strip()}
        else:
            about["type"] = seed if option.name == "seed" else option.kind
        begins = f"default: {beginning.get(option.name, option.default)}"
        group.add_argument(f"--{option.name}", **about | {"help": f"{about['help']} ({begins})".strip()})
    parser.set_defaults(arrangement_beginning=beginning)


def arrangement_of(options: dict) -> Arrangement:
    typed = {name: options[name] for name in OPTIONS if options.get(name) is not None}
    return Arrangement.chosen(typed, options["arrangement_beginning"])
