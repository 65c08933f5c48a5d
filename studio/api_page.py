"""The page that explains the API, drawn from its OpenAPI description: tags, operations, fields in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    is_needed: bool
    about: str
    default: str = ""


@dataclass(frozen=True)
class Answer:
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    about: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_kind: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Group:
    name: str
    operations: list[Operation]


def operation_groups(schema: dict) -> list[Group]:
    found: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                described = methods[method]
                tag = described.get("tags", ["Other"])[-1]
                found.setdefault(tag, []).append(_operation(schema, path, method, described))
    return [Group(name, operations) for name, operations in found.items()]


def _operation(schema: dict, path: str, method: str, described: dict) -> Operation:
    kind, body = next(iter(described.get("requestBody", {}).get("content", {}).items()), ("", {}))
    return Operation(
        anchor=f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""),
        method=method.upper(),
        path=path,
        about=described.get("description", ""),
        parameters=tuple(
            Field(
                one["name"],
                kind_of(one["schema"]),
                one.get("required", False),
                one.get("description") or one["schema"].get("description", ""),
            )
            for one in described.get("parameters", [])
        ),
        body=fields_of(schema, body.get("schema", {})),
        body_kind=kind,
        answers=tuple(_answers(schema, described.get("responses", {}))),
    )


def _answers(schema: dict, responses: dict) -> Iterator[Answer]:
    """Several statuses with one kind of answer are told once."""
    kinds: dict[str, tuple[list[str], dict]] = {}
    for status, response in responses.items():
        content = next(iter(response.get("content", {}).values()), {}).get("schema", {})
        kinds.setdefault(kind_of(content), ([], content))[0].append(str(status))
    for kind, (statuses, content) in kinds.items():
        fields = tuple(replace(field, is_needed=False) for field in fields_of(schema, content))
        yield Answer(f"Answer {' or '.join(statuses)}: {kind if fields else 'a file, or JSON of its own'}", fields)


def fields_of(schema: dict, described: dict) -> tuple[Field, ...]:
    """Of an object, or of the objects in a list."""
    if described.get("type") == "array":
        described = described.get("items", {})
    if "$ref" in described:
        described = schema["components"]["schemas"][described["$ref"].rpartition("/")[2]]
    needed = described.get("required", [])
    return tuple(
        Field(name, kind_of(one), name in needed, one.get("description", ""), _default(one))
        for name, one in described.get("properties", {}).items()
    )


def kind_of(described: dict) -> str:
    """In words: "list of texts", "number or nothing"."""
    if "$ref" in described:
        return described["$ref"].rpartition("/")[2].removesuffix("Out").removesuffix("In")
    if "anyOf" in described:
        return " or ".join(kind_of(one) for one in described["anyOf"])
    if "enum" in described:
        return " or ".join(map(str, described["enum"]))
    kind = described.get("type", "")
    if kind == "array":
        return f"list of {kind_of(described.get('items', {}))}"
    if described.get("format") == "binary":
        return "file"
    if described.get("format") == "date-time":
        return "time"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "nothing"}
    return words.get(kind, kind)


def _default(described: dict) -> str:
    default = described.get("default")
    return "" if default in (None, "", {}, []) else str(default)
