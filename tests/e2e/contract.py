"""docs/openapi.yaml, and whether a value is what it says."""

import re

import yaml

from rig import ROOT

SPEC = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool,
         "integer": int, "null": type(None)}


def resolve(schema):
    while "$ref" in schema:
        node = SPEC
        for word in schema["$ref"].lstrip("#/").split("/"):
            node = node[word]
        schema = node
    return schema


def is_of(schema, value):
    try:
        check(schema, value, "")
    except AssertionError:
        return False
    return True


def chosen(schema, value, where):
    """The one of oneOf: as type says where that decides, else what fits."""
    way = schema.get("discriminator")
    if way and isinstance(value, dict):
        name = value.get(way["propertyName"])
        assert name in way["mapping"], (where, name)
        return {"$ref": way["mapping"][name]}
    fitting = [s for s in schema["oneOf"] if is_of(s, value)]
    assert len(fitting) == 1, (where, len(fitting), value)
    return fitting[0]


def whole(schema, value, where):
    """SCHEMA without allOf and oneOf, for this value."""
    schema = resolve(schema)
    if "oneOf" in schema:
        return whole(chosen(schema, value, where), value, where)
    if "allOf" not in schema:
        return schema
    required, properties = [], {}
    for part in [whole(p, value, where) for p in schema["allOf"]]:
        required += part.get("required", [])
        properties |= part.get("properties", {})
    return {"type": "object", "properties": properties} | (
        {"required": required} if required else {})


def check(schema, value, where):
    """VALUE has the type, and all keys of SCHEMA and no other.

    More may be there where x-open says so: "additionalProperties: true" means
    the same, but generators of clients then take a misspelt member, too."""
    schema = whole(schema, value, where)
    if "enum" in schema:
        assert value in schema["enum"], (where, value)
    if "const" in schema:
        assert value == schema["const"], (where, value)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types:
        assert type(value) in [TYPES.get(t) for t in types] or (
            "number" in types and type(value) in (int, float)), (where, value)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        assert set(schema.get("required", [])) <= set(value), where
        if "required" in schema and not (
                schema.get("additionalProperties") or schema.get("x-open")):
            assert set(value) <= set(properties), (
                where, set(value) - set(properties))
        for key, part in value.items():
            check(properties.get(key, {}), part, f"{where}.{key}")
    if isinstance(value, list):
        for i, part in enumerate(value):
            check(schema.get("items", {}), part, f"{where}[{i}]")
    if schema.get("format") == "date-time" and value is not None:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value), where
