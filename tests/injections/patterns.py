"""Every regular expression of the product, and texts that each would be slow on if it could be.

A pattern backtracks where a repetition is followed by what fails. So each repetition in it is pumped: what
leads up to it, then what it repeats, often, then something that it cannot go on with.
"""

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
from re import _constants as codes  # type: ignore[attr-defined]  # the parser's own names, as tests of re use them
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import chalicelib

ANCHORED = {"match", "fullmatch"}
FUNCTIONS = {"search", "sub", "subn", "split", "findall", "finditer"}
ENDS = ("\x00", "!", "\n!")
"""What the pumped part is followed by, which most patterns cannot go on with."""


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


def hostile(pattern: re.Pattern[Any], size: int) -> Iterator[str]:
    """Texts of this size, one for each repetition in a pattern and each end."""
    text = pattern.pattern
    tree = parser.parse(text, pattern.flags)
    for lead, body in sorted(set(_pumps(tree, ""))):
        if body:
            for end in ENDS:
                yield (lead + body * (size // len(body) + 1))[: size - len(end)] + end
                if lead:
                    yield ((lead + body) * (size // len(lead + body) + 1))[: size - len(end)] + end


def _pumps(tree: Any, lead: str) -> Iterator[tuple[str, str]]:
    """What leads up to each repetition, and what it repeats."""
    for code, value in tree:
        for inner in _inner(code, value):
            yield from _pumps(inner, lead)
            if code in _REPEATS:
                yield lead, _sample(inner)
        lead += _sample([(code, value)])


_REPEATS = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}


def _inner(code: Any, value: Any) -> list[Any]:
    if code in _REPEATS:
        return [value[2]]
    if code is codes.BRANCH:
        return list(value[1])
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [value[1]]
    if code is codes.ATOMIC_GROUP:
        return [value]
    return []


def _sample(tree: Any) -> str:
    """A text that a part of a pattern matches, mostly."""
    return "".join(_one(code, value) for code, value in tree)


def _one(code: Any, value: Any) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.IN:
        return _of_set(value)
    if code in (codes.ANY, codes.NOT_LITERAL):
        return "a" if value != ord("a") else "b"
    if code in _REPEATS:
        return _sample(value[2]) * max(value[0], 1 if value[0] == 0 and value[1] == 1 else value[0])
    if code is codes.BRANCH:
        return _sample(value[1][0])
    if code is codes.SUBPATTERN:
        return _sample(value[3])
    if code is codes.ATOMIC_GROUP:
        return _sample(value)
    return ""


_CATEGORIES = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_NOT_WORD: "-",
}


def _of_set(members: Any) -> str:
    (code, value), *_ = members
    if code is codes.NEGATE:
        refused = re.compile(_set_text(members[1:]), re.DOTALL)
        return next((one for one in "a1 -.@/<>=\n\t" if not refused.fullmatch(one)), "\u2603")
    if code is codes.RANGE:
        return chr(value[0])
    if code is codes.CATEGORY:
        return _CATEGORIES[value]
    return chr(value)


def _set_text(members: Any) -> str:
    names = {
        codes.CATEGORY_DIGIT: r"\d",
        codes.CATEGORY_SPACE: r"\s",
        codes.CATEGORY_WORD: r"\w",
        codes.CATEGORY_NOT_DIGIT: r"\D",
        codes.CATEGORY_NOT_SPACE: r"\S",
        codes.CATEGORY_NOT_WORD: r"\W",
    }
    parts = []
    for code, value in members:
        if code is codes.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif code is codes.CATEGORY:
            parts.append(names[value])
        else:
            parts.append(re.escape(chr(value)))
    return f"[{''.join(parts)}]"
