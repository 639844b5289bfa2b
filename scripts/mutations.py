"""Plausible faults for a mutation test: small changes of a module's source, found in its AST.

A mutation is what somebody could have written by mistake: another comparison, ``and`` for ``or``,
a number that is one too large, a condition turned round, a statement or an argument left out. What
no test can or should notice is left alone: annotations, log lines, ``__repr__``, texts.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any"}
UNSEEN_CALLS = {"logger", "TypeVar", "cast", "lru_cache", "cache", "dataclass"}
"""Functions, or objects with methods, whose arguments change nothing that a test can see."""
REMOVABLE = (ast.Expr, ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete)
TEXTS = (ast.JoinedStr, ast.List, ast.Tuple)


@dataclass(frozen=True, order=True)
class Mutation:
    """One change: ``new`` takes the place of the bytes from ``begin`` to ``end``."""

    line: int
    begin: int
    end: int
    kind: str
    new: str

    def applied_to(self, source: str) -> str | None:
        """The module after the change; None where it would be no Python, or the same as before."""
        text = source.encode()
        changed = (text[: self.begin] + self.new.encode() + text[self.end :]).decode()
        try:
            is_same = ast.dump(ast.parse(changed)) == ast.dump(ast.parse(source))
        except SyntaxError:
            return None
        return None if is_same else changed


def mutations_of(source: str) -> list[Mutation]:
    """All mutations of a module, in the order of its lines."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = set()
    for node, kind, new in _changes(ast.parse(source)):
        # the AST counts columns in bytes of UTF-8
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        found.add(Mutation(node.lineno, begin, end, kind, new))
    return sorted(found)


Change = tuple[ast.expr | ast.stmt, str, str]
"""A node, what is done to it, and the text that takes its place."""


def _changes(tree: ast.AST) -> Iterator[Change]:
    for node in _seen(tree):
        match node:
            case ast.Compare(ops=[operator]):
                yield from _comparisons(node, operator)
            case ast.BoolOp():
                yield from _conditions(node)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield node, "not removed", f"({ast.unparse(operand)})"
            case ast.Constant(value=bool(value)):
                yield node, "truth value", str(not value)
            case ast.Constant(value=int(value)):
                yield node, "number + 1", str(value + 1)
                yield node, "number - 1", f"({value - 1})"
            case ast.BinOp():
                yield from _arithmetic(node)
            case ast.Call():
                yield from _calls(node)
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
                yield node, "nothing returned", "return None"
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
                yield node, "statement removed", "pass"
            case ast.stmt() if isinstance(node, REMOVABLE) and not _is_text(node):
                yield node, "statement removed", "pass"
        for test in _tests(node):
            yield test, "condition turned round", f"(not ({ast.unparse(test)}))"


def _seen(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below, without those that no test should look at."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "bases"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_unseen(child):
                yield child
                yield from _seen(child)


def _is_unseen(node: ast.AST) -> bool:
    match node:
        case ast.FunctionDef(name="__repr__") | ast.JoinedStr():
            # within an f-string, Python 3.11 doesn't say where a node stands
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Expr(value=ast.Call() as call):
            return _is_unseen(call)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name))):
            return name in UNSEEN_CALLS
    return False


def _is_text(node: ast.stmt) -> bool:
    """A docstring, or the ``...`` of a protocol."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _tests(node: ast.AST) -> Iterator[ast.expr]:
    """The conditions of a statement, a conditional expression or a comprehension."""
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    else:
        tests = []
    # those of other kinds are turned round by their own operator
    yield from (test for test in tests if isinstance(test, ast.Name | ast.Attribute | ast.Call))


def _comparisons(node: ast.Compare, operator: ast.cmpop) -> Iterator[Change]:
    for other in COMPARISONS[type(operator)]:
        new = ast.Compare(node.left, [other()], node.comparators)
        yield node, f"{type(operator).__name__} to {other.__name__}", ast.unparse(new)


def _conditions(node: ast.BoolOp) -> Iterator[Change]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    changed = ast.BoolOp(other, node.values)
    yield node, f"{type(node.op).__name__} to {type(other).__name__}", f"({ast.unparse(changed)})"
    for number, value in enumerate(node.values):
        rest = [item for item in node.values if item is not value]
        left = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield node, f"operand {number + 1} removed", f"({ast.unparse(left)})"


def _arithmetic(node: ast.BinOp) -> Iterator[Change]:
    other = ARITHMETIC.get(type(node.op))
    sides = (node.left, node.right)
    if other is None or any(_is_joined(side) for side in sides):
        return
    changed = ast.BinOp(node.left, other(), node.right)
    kind = f"{type(node.op).__name__} to {other.__name__}"
    yield node, kind, f"({ast.unparse(changed)})"


def _is_joined(node: ast.expr) -> bool:
    """A text or a list, which ``+`` joins, or a type, which ``|`` joins."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes | None)
    return isinstance(node, TEXTS) or (isinstance(node, ast.Name) and node.id[:1].isupper())


def _calls(node: ast.Call) -> Iterator[Change]:
    if isinstance(node.func, ast.Name) and node.func.id in OPPOSITES:
        changed = copy.deepcopy(node)
        changed.func = ast.Name(OPPOSITES[node.func.id])
        yield node, f"{node.func.id} to {OPPOSITES[node.func.id]}", ast.unparse(changed)
    for keyword in node.keywords:
        if keyword.arg is not None:
            changed = copy.copy(node)
            changed.keywords = [item for item in node.keywords if item is not keyword]
            yield node, f"argument {keyword.arg} removed", ast.unparse(changed)
