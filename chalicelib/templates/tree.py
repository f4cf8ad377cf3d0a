"""The tree of a template: that it holds only what is allowed, and that its loops are counted."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

from chalicelib.kernel.errors import Invalid, TooLarge
from chalicelib.templates.values import Budget

MAX_SOURCE = 200_000
"""Characters of a template."""
MAX_NODES, MAX_DEPTH = 3_000, 60
"""Parts of a template, and how deep they lie in each other."""

EACH_STEP, ONE_TEXT = "each step", "one text"
"""Filters that no template can name: what counts a loop, and what joins `a ~ b`."""

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If,
    nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.List, nodes.Tuple,
    nodes.Filter, nodes.Test, nodes.Keyword, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.Concat, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod,
    nodes.Neg, nodes.Pos,
)  # fmt: skip


def bounded(environment: Environment, source: str, budget: Budget) -> nodes.Template:
    """The template's tree, checked, with its loops counted; what it costs once is charged."""
    if len(source) > MAX_SOURCE or source.count("{{") + source.count("{%") > MAX_NODES:
        raise too_large()
    tree = environment.parse(source)
    budget.charge(_checked(tree) * budget.weight)
    counted: nodes.Template = _Counted(budget).visit(tree)
    counted.set_environment(environment)
    return counted


def _checked(tree: nodes.Template) -> int:
    """How many parts there are. Raises Invalid for one that is not allowed, TooLarge for too many."""
    count, level = 0, [tree]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for node in level:
            if not isinstance(node, _ALLOWED):
                raise unreadable(
                    node.lineno or 1, f"{type(node).__name__.lower()} cannot be used in a template"
                )
            below.extend(node.iter_child_nodes())
        count += len(level)
        if count > MAX_NODES:
            raise too_large()
        if not below:
            return count
        level = below
    raise too_large()


def _size(node: nodes.Node) -> int:
    return 1 + sum(_size(child) for child in node.iter_child_nodes())


class _Counted(NodeTransformer):
    """Lets the budget come between: at each step of a loop, and where `a ~ b` makes one text of several."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - the name Jinja2 looks for
        if node.recursive:
            raise unreadable(node.lineno, "a loop cannot be recursive")
        cost = nodes.Const(_size(node) * self._budget.weight)
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, EACH_STEP, [cost], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - as above
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(parts, ONE_TEXT, [], [], None, None, lineno=node.lineno)


def unreadable(line: int, reason: str) -> Invalid:
    return Invalid(
        f"The template cannot be read: line {line}: {reason}"[:300], code="template_syntax", line=line
    )


def too_large() -> TooLarge:
    return TooLarge("The template is too large or too deep.", code="template_too_large")
