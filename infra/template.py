"""The merge template: the YAML files beside this one, read and joined, as data.

Each file holds one concern. What two files name is an error, never a silent override; top-level keys that
start with `x-` only hold YAML anchors for their own file and are left out.
"""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Template = dict[str, Any]

HERE = Path(__file__).parent
SECTIONS = ("Parameters", "Conditions", "Resources", "Outputs")


class NamedTwice(ValueError):
    """Two files of the template name one thing."""


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags (`!Ref`, `!GetAtt`, `!Sub` …) as their long forms."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """Refuse a key that stands twice in one mapping; plain YAML would keep the last."""
        node = super().compose_mapping_node(anchor)
        names = [key.value for key, _ in node.value]
        if twice := {name for name in names if names.count(name) > 1}:
            raise NamedTwice(f"{', '.join(sorted(twice))} twice in one mapping, {node.start_mark}")
        return node


def _short_tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """`!GetAtt Table.Arn` -> {"Fn::GetAtt": ["Table", "Arn"]}, and so on."""
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(_as_mapping(node), deep=True)}


def _as_mapping(node: yaml.Node) -> yaml.MappingNode:
    if not isinstance(node, yaml.MappingNode):
        raise TypeError(f"unexpected YAML node {node.tag}")
    return node


_Loader.add_multi_constructor("!", _short_tag)


def read(path: Path) -> Template:
    """One file of the template, without its anchors."""
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # a SafeLoader with tags of our own
    return {section: part for section, part in content.items() if not section.startswith("x-")}


def join(parts: dict[str, Template]) -> Template:
    """The parts, keyed by file name, as one template. Raises NamedTwice."""
    whole: Template = {}
    for file, part in parts.items():
        for section, entries in part.items():
            if section not in SECTIONS:
                raise ValueError(f"{file}: {section} is not one of {', '.join(SECTIONS)}")
            taken = whole.setdefault(section, {})
            if twice := taken.keys() & entries.keys():
                raise NamedTwice(f"{file}: {', '.join(sorted(twice))} is already in another file")
            taken.update(entries)
    return whole


@cache
def _merged() -> Template:
    return join({path.name: read(path) for path in sorted(HERE.glob("*.yaml"))})


def merged() -> Template:
    """The whole merge template. Functions and roles are only what we add to Chalice's own."""
    return copy.deepcopy(_merged())


def resources(*types: str) -> Template:
    """The resources of these types (`AWS::DynamoDB::Table` …) by logical id."""
    return {name: part for name, part in merged()["Resources"].items() if part.get("Type") in types}


def excerpt(*types: str) -> Template:
    """A deployable template of these types only, with every parameter and condition.

    Tests create their tables, queues and buckets from it, so that there is no second description of them.
    """
    whole = merged()
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": whole["Parameters"],
        "Conditions": whole["Conditions"],
        "Resources": resources(*types),
    }
