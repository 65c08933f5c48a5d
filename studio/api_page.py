"""The content of the API's page, from its OpenAPI description: tags, operations, fields in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class ApiField:
    name: str
    kind: str
    is_needed: bool
    about: str
    default: str = ""


@dataclass(frozen=True)
class ApiAnswer:
    title: str
    fields: tuple[ApiField, ...]


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    about: str
    parameters: tuple[ApiField, ...]
    body: tuple[ApiField, ...]
    body_kind: str
    answers: tuple[ApiAnswer, ...]


@dataclass(frozen=True)
class OperationGroup:
    name: str
    operations: list[Operation]


def operation_groups(schema: dict) -> list[OperationGroup]:
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                description = methods[method]
                tag = description.get("tags", ["Other"])[-1]
                groups.setdefault(tag, []).append(_operation(schema, path, method, description))
    return [OperationGroup(name, operations) for name, operations in groups.items()]


def _operation(schema: dict, path: str, method: str, description: dict) -> Operation:
    kind, body = next(iter(description.get("requestBody", {}).get("content", {}).items()), ("", {}))
    return Operation(
        anchor=f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""),
        method=method.upper(),
        path=path,
        about=description.get("description", ""),
        parameters=tuple(
            ApiField(
                field["name"],
                type_name(field["schema"]),
                field.get("required", False),
                field.get("description") or field["schema"].get("description", ""),
            )
            for field in description.get("parameters", [])
        ),
        body=fields_of(schema, body.get("schema", {})),
        body_kind=kind,
        answers=tuple(_answers(schema, description.get("responses", {}))),
    )


def _answers(schema: dict, responses: dict) -> Iterator[ApiAnswer]:
    """One entry for all statuses with the same kind of answer."""
    kinds: dict[str, tuple[list[str], dict]] = {}
    for status, response in responses.items():
        content = next(iter(response.get("content", {}).values()), {}).get("schema", {})
        kinds.setdefault(type_name(content), ([], content))[0].append(str(status))
    for kind, (statuses, content) in kinds.items():
        fields = tuple(replace(field, is_needed=False) for field in fields_of(schema, content))
        yield ApiAnswer(f"Answer {' or '.join(statuses)}: {kind if fields else 'a file, or JSON of its own'}", fields)


def fields_of(schema: dict, description: dict) -> tuple[ApiField, ...]:
    """Of an object, or of the objects in a list."""
    if description.get("type") == "array":
        description = description.get("items", {})
    if "$ref" in description:
        description = schema["components"]["schemas"][description["$ref"].rpartition("/")[2]]
    needed = description.get("required", [])
    return tuple(
        ApiField(name, type_name(field), name in needed, field.get("description", ""), _default(field))
        for name, field in description.get("properties", {}).items()
    )


def type_name(description: dict) -> str:
    """In words: "list of texts", "number or nothing"."""
    if "$ref" in description:
        return description["$ref"].rpartition("/")[2].removesuffix("Out").removesuffix("In")
    if "anyOf" in description:
        return " or ".join(type_name(field) for field in description["anyOf"])
    if "enum" in description:
        return " or ".join(map(str, description["enum"]))
    kind = description.get("type", "")
    if kind == "array":
        return f"list of {type_name(description.get('items', {}))}"
    if description.get("format") == "binary":
        return "file"
    if description.get("format") == "date-time":
        return "time"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "nothing"}
    return words.get(kind, kind)


def _default(description: dict) -> str:
    default = description.get("default")
    return "" if default in (None, "", {}, []) else str(default)
