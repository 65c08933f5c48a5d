"""How clips are arranged and played, as programs ask for it: a schema made from `Arrangement` itself."""

from typing import Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, create_model

from generation.music.score.arrangement import OPTIONS, Arrangement, Option

SOUNDFONT = "The key of one of /api/soundfonts; empty: as the other clips of the study."


class Played(Schema):
    model_config = ConfigDict(extra="forbid")  # a misspelt option would be silently ignored

    instrument: Literal["", "piano", "file"] = Field("", description="Empty: as the other clips of the study.")
    soundfont: str = Field("", description=SOUNDFONT)

    def arrangement(self) -> Arrangement:
        fields = {name: field.default for name, field in type(self).model_fields.items() if name in OPTIONS}
        sent = {name: getattr(self, name) for name in fields if name in self.model_fields_set}
        return Arrangement.from_choices(sent, fields)


def arranged_schema(name: str, *, left_out: tuple[str, ...] = (), **beginning: Any) -> type[Played]:
    """A schema with a field for each option; `beginning` has what some start with."""
    options = {key: option for key, option in OPTIONS.items() if key not in left_out}
    return create_model(
        name, __base__=Played, **{key: schema_field(option, beginning) for key, option in options.items()}
    )


def schema_field(option: Option, beginning: dict[str, Any]) -> tuple[Any, Any]:
    description = option.help or option.label
    default = beginning.get(option.name, option.default)
    if option.choices:
        described = "; ".join(f"{value}: {words}" for value, words in option.choices.items())
        return Literal[*option.choices], Field(default, description=f"{description.rstrip('.')}. {described}.")
    # The default means "unchanged" and may lie below the least value, which `Arrangement` checks.
    return option.kind, Field(
        default, ge=min(option.default, option.least or 0), le=option.most, description=description
    )
