"""Every regular expression of the product, and how it is used."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from pathlib import Path
from typing import Any

import chalicelib

ANCHORED = {"match", "fullmatch"}
FUNCTIONS = {"search", "sub", "subn", "split", "findall", "finditer"}


@dataclass(frozen=True)
class Used:
    """A pattern, and whether it is looked for anywhere in a text, or at its beginning alone."""

    pattern: re.Pattern[Any]
    anywhere: bool

    def apply(self, text: str) -> None:
        said: Any = text if isinstance(self.pattern.pattern, str) else text.encode()
        if self.anywhere:
            self.pattern.search(said)
        else:
            self.pattern.match(said)
            self.pattern.fullmatch(said)


@cache
def used() -> dict[str, Used]:
    """All patterns of the product, by module and name, or by module and text if written in a call."""
    found: dict[str, Used] = {}
    trees = {
        info.name: _tree(info.name) for info in pkgutil.walk_packages(chalicelib.__path__, "chalicelib.")
    }
    every = ast.Module([node for tree in trees.values() for node in tree.body], [])
    elsewhere = {name for name in _searched(every) if not name.startswith("_")}
    anchored_elsewhere = {name for name in _called(every, ANCHORED) if not name.startswith("_")}
    for module, tree in trees.items():
        searched = _searched(tree) | elsewhere
        anchored = _called(tree, ANCHORED) | anchored_elsewhere
        for name, value in vars(importlib.import_module(module)).items():
            for pattern in _held(value):
                anywhere = name in searched or name not in anchored
                found[f"{module}.{name}"] = Used(pattern, anywhere)
        for pattern, method in _written(tree):
            found[f"{module}: {pattern.pattern!r}"] = Used(pattern, method not in ANCHORED)
    return found


def _tree(module: str) -> ast.Module:
    source = importlib.util.find_spec(module)
    assert source
    assert source.origin
    return ast.parse(Path(source.origin).read_text(encoding="utf-8"))


def _called(tree: ast.AST, methods: set[str]) -> set[str]:
    """The names of which one of these methods is called; `name().method()` counts as well."""
    return {
        _name(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods
    }


def _searched(tree: ast.AST) -> set[str]:
    return _called(tree, FUNCTIONS)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _held(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """The patterns in a module's value: itself, in containers, or what a cached function gives."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (list, tuple, set, frozenset)) and depth < 3:
        for one in value:
            yield from _held(one, depth + 1)
    elif isinstance(value, dict) and depth < 3:
        yield from _held([*value, *value.values()], depth + 1)
    elif _gives_a_pattern(value):
        yield from _held(value(), depth + 1)


def _gives_a_pattern(value: Any) -> bool:
    cached = hasattr(value, "cache_info") and not inspect.signature(value).parameters
    return cached and "Pattern" in str(value.__annotations__.get("return"))


def _written(tree: ast.AST) -> Iterator[tuple[re.Pattern[Any], str]]:
    """Patterns in calls such as re.sub("…", …), as far as they are plain texts, with the method.

    Those of `pattern="…"` are pydantic's, whose engine needs linear time for any.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        first, method = node.args[0], node.func.attr
        if _name(node.func.value) != "re" or method not in FUNCTIONS | ANCHORED:
            continue
        if isinstance(first, ast.Constant) and isinstance(first.value, (str, bytes)):
            named = [_name(part) for part in ast.walk(node) if isinstance(part, ast.Attribute)]
            flags = [one for name in named if isinstance(one := getattr(re, name, None), re.RegexFlag)]
            yield re.compile(first.value, reduce(or_, flags, re.NOFLAG)), method
