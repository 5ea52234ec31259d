"""The filter language: which entries a block shows.

The language is sphinxcontrib-bibtex's, a small part of Python's expressions, so that nobody learns a second one:
``and``, ``or``, ``not``, comparisons, ``in``, sets, ``|`` and ``&`` on sets, ``%`` for a regular expression.
Names are fields; besides them ``type``, ``key``, ``docname``, ``cited`` and ``docnames``.
Two things differ, and both make a wrong filter speak up: a name that is no field is an error,
and ``"x" in keywords`` asks for a whole keyword, not for a part of one.
"""

from __future__ import annotations

import ast
import difflib
import operator
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from refblock.entries import Entry, Library

_ALWAYS_KNOWN: Final = frozenset(
    {
        "abstract",
        "author",
        "booktitle",
        "date",
        "doi",
        "editor",
        "eprint",
        "eprinttype",
        "journal",
        "journaltitle",
        "keywords",
        "langid",
        "language",
        "month",
        "note",
        "number",
        "organization",
        "pages",
        "publisher",
        "related",
        "relatedtype",
        "series",
        "title",
        "titleaddon",
        "url",
        "volume",
        "year",
    }
)
"""Fields that mean something even where no entry has them yet."""
_OWN_NAMES: Final = frozenset({"cited", "docname", "docnames", "key", "type"})
_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}


class FilterError(ValueError):
    """A filter that cannot be read, or that asks for what no entry has."""


class Keywords(str):
    """A ``keywords`` field: a string for ``%`` and ``==``, a set of whole keywords for ``in``."""

    __slots__ = ()

    def __contains__(self, keyword: object) -> bool:
        """Say whether *keyword* is one of the keywords, in whatever case; commas or semicolons part them."""
        return isinstance(keyword, str) and keyword.lower() in {
            part.strip().lower() for part in re.split("[,;，；]", self)
        }


@dataclass(frozen=True, slots=True)
class Context:
    """What a filter may ask besides the entry."""

    docname: str
    """The page that the block stands on."""
    citing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The pages that cite each key."""
    cited: Mapping[str, Collection[str]] = field(default_factory=dict)
    """The keys that each page cites."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that has been read and found good."""

    expression: ast.expr

    @property
    def asks_for_citations(self) -> bool:
        """Whether it can be answered only when every page has been read."""
        return any(name in {"cited", "docnames"} for name in _names(self.expression))

    def select(self, library: Library, context: Context) -> tuple[str, ...]:
        """Give the keys of the entries that it lets through, in the order of the bib files.

        The cost follows the entries that share its rarest required topic, type or page that cites them, not the
        library.

        :raises FilterError: if it names a field that no entry has, or compares what can't be compared.
        """
        for name in _names(self.expression):
            if name not in _OWN_NAMES and name not in _ALWAYS_KNOWN and name not in library.field_names:
                raise FilterError(_unknown_name(name, library.field_names))
        pools = [_pool(name, value, library, context) for name, value in _required(self.expression)]
        keys = min(pools, key=len) if pools else tuple(library.entries)
        return tuple(key for key in keys if _value(self.expression, library.entries[key], context))


def parse_filter(text: str) -> Filter:
    """Read a filter expression.

    :raises FilterError: if it is not of the language; the message says where and what instead.
    """
    try:
        expression = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        at = f" at column {fault.offset}" if isinstance(fault, SyntaxError) and fault.offset else ""
        raise FilterError(f'it is not an expression{at}; write for example: type == "online"') from None
    _check(expression)
    return Filter(expression)


def _pool(name: str, value: str, library: Library, context: Context) -> Sequence[str]:
    """Give the keys of the entries that meet one required term, in the order of the bib files."""
    match name:
        case "keywords":
            return library.keys_by_topic.get(value.lower(), ())
        case "type":
            return library.keys_by_type.get(value, ())
        case "docname":
            cited: Iterable[str] = context.cited.get(context.docname, ())
        case "docnames":
            cited = context.cited.get(value, ())
        case _:
            cited = context.citing
    return sorted((key for key in cited if key in library.entries), key=library.rank.__getitem__)


def _check(node: ast.expr) -> None:
    """Raise for the first part of an expression that the language does not have."""
    match node:
        case ast.BoolOp():
            children: Iterable[ast.expr] = node.values
        case ast.UnaryOp(op=ast.Not()):
            children = [node.operand]
        case ast.BinOp(op=ast.Mod() | ast.BitOr() | ast.BitAnd()):
            children = [node.left, node.right]
            if isinstance(node.op, ast.Mod):
                _check_pattern(node.right)
        case ast.Compare():
            if len(node.ops) != 1:
                raise FilterError("two comparisons in a row; join them with 'and'")
            if type(node.ops[0]) not in _COMPARISONS:
                raise FilterError("'is' compares objects; write '=='")
            children = [node.left, node.comparators[0]]
        case ast.Set():
            children = node.elts
        case ast.Constant(value=str() | int() | bool()) | ast.Name():
            children = []
        case _:
            raise FilterError(
                f"{ast.unparse(node)!r} is not part of the filter language; it has and, or, not, comparisons, in and %"
            )
    for child in children:
        _check(child)


def _check_pattern(node: ast.expr) -> None:
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        raise FilterError("'%' wants a quoted regular expression on its right")
    try:
        re.compile(node.value)
    except re.error as fault:
        raise FilterError(f"{node.value!r} is not a regular expression: {fault}") from None


def _names(node: ast.expr) -> Iterator[str]:
    return (part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def _unknown_name(name: str, field_names: frozenset[str]) -> str:
    known = sorted(_OWN_NAMES | _ALWAYS_KNOWN | field_names)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "text goes in quotation marks, and the name of a field first"
    return f"no entry has a field {name!r}; {hint}"


def _required(node: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield the (name, value) pairs that every entry it lets through must have."""
    match node:
        case ast.BoolOp(op=ast.And()):
            for part in node.values:
                yield from _required(part)
        case ast.Compare(left=ast.Constant(value=str(text)), ops=[ast.In()], comparators=[ast.Name(id="keywords")]) if (
            text.strip()
        ):
            yield "keywords", text
        case ast.Compare(left=ast.Name(id="type"), ops=[ast.Eq()], comparators=[ast.Constant(value=str(text))]):
            yield "type", text
        case ast.Compare(left=ast.Name(id="docname"), ops=[ast.In()], comparators=[ast.Name(id="docnames")]):
            yield "docname", ""
        case ast.Compare(left=ast.Constant(value=str(text)), ops=[ast.In()], comparators=[ast.Name(id="docnames")]):
            yield "docnames", text
        case ast.Name(id="cited"):
            yield "cited", ""
        case _:
            return


def _value(node: ast.expr, entry: Entry, context: Context) -> Any:
    match node:
        case ast.BoolOp(op=ast.And()):
            return all(_value(part, entry, context) for part in node.values)
        case ast.BoolOp():
            return any(_value(part, entry, context) for part in node.values)
        case ast.UnaryOp():
            return not _value(node.operand, entry, context)
        case ast.Name():
            return _field(node.id, entry, context)
        case ast.Constant():
            return node.value
        case ast.Set():
            return frozenset(_value(part, entry, context) for part in node.elts)
        case ast.BinOp():
            return _combine(node, _value(node.left, entry, context), _value(node.right, entry, context))
        case ast.Compare():
            return _compare(node, _value(node.left, entry, context), _value(node.comparators[0], entry, context))
        case _:
            raise AssertionError(node)


def _combine(node: ast.BinOp, left: Any, right: Any) -> Any:
    if isinstance(node.op, ast.Mod):
        if not isinstance(left, str):
            raise FilterError(f"'%' wants text on its left, not {ast.unparse(node.left)!r}")
        return re.search(right, left, re.IGNORECASE) is not None
    if not (isinstance(left, frozenset) and isinstance(right, frozenset)):
        raise FilterError(f"{ast.unparse(node)!r} joins what are not sets; use 'and' or 'or'")
    return left | right if isinstance(node.op, ast.BitOr) else left & right


def _compare(node: ast.Compare, left: Any, right: Any) -> bool:
    # year > 2018 is what people write, and a field is text.
    if isinstance(left, str) and isinstance(right, int) and left.isdecimal():
        left = int(left)
    elif isinstance(right, str) and isinstance(left, int) and right.isdecimal():
        right = int(right)
    elif "" in {left, right} and int in {type(left), type(right)}:
        return isinstance(node.ops[0], ast.NotEq)
    try:
        return _COMPARISONS[type(node.ops[0])](left, right)
    except TypeError:
        raise FilterError(
            f"{ast.unparse(node)!r} compares things of different kinds; put text in quotation marks"
        ) from None


def _field(name: str, entry: Entry, context: Context) -> Any:
    match name:
        case "type":
            return entry.type
        case "key":
            return entry.key
        case "docname":
            return context.docname
        case "cited":
            return bool(context.citing.get(entry.key))
        case "docnames":
            return context.citing.get(entry.key, frozenset())
        case "keywords":
            return Keywords(entry.fields.get("keywords", ""))
        case "year":
            return entry.year
        case _ if name in entry.persons:
            return " and ".join(f"{person.family}, {person.given}".rstrip(", ") for person in entry.persons[name])
        case _:
            return entry.fields.get(name, "")
