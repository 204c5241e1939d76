"""JMESPath's functions: which exist, what they take, and how a compiled path calls them.

The functions themselves are those of the `jmespath` package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jmespath.exceptions import JMESPathTypeError
from jmespath.functions import Functions

from engine.expressions.meter import pay_call
from engine.expressions.tree import ARGUMENTS_CODE, FUNCTION_CODE, Node, PathError
from engine.nearest import suggest

Select = Callable[[object], object]

_FUNCTIONS = Functions()
_TYPE_WORDS = {
    "array": "a list",
    "list": "a list",
    "object": "an object",
    "dict": "an object",
    "string": "a text",
    "str": "a text",
    "number": "a number",
    "int": "a number",
    "float": "a number",
    "boolean": "true or false",
    "bool": "true or false",
    "null": "nothing",
    "NoneType": "nothing",
    "expref": "an expression (&)",
    "array-number": "a list of numbers",
    "array-string": "a list of texts",
}
_OPERATOR_WORDS = {"and": "&&", "or": "||", "not": "!"}
_TEXTS = "texts are composed under text"
# What functions of other languages are called here, or where their work is done.
_ELSEWHERE = {
    **dict.fromkeys(("count", "size", "len"), 'did you mean "length"?'),
    **dict.fromkeys(("concat", "format"), f'did you mean "join"? {_TEXTS}'),
    **dict.fromkeys(("lower", "upper", "trim", "replace", "split", "substring"), _TEXTS),
    "first": "an element is taken by its place, [0]",
    "last": "an element is taken by its place, [-1]",
    "default": 'did you mean "not_null"? gaps are answered by missing',
    "coalesce": 'did you mean "not_null"? gaps are answered by missing',
    "if": "decisions are taken under when, where and consent",
    "round": "amounts are exact, and added up under money",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes: jmespath's type names for each argument, none when any will do."""

    types: tuple[tuple[str, ...], ...]
    variadic: bool

    def types_at(self, index: int) -> tuple[str, ...]:
        """Give the types of one argument; those that repeat are not checked by jmespath."""
        return self.types[index] if index < len(self.types) else ()


def _read_signature(entry: dict[str, list[dict[str, object]]]) -> Signature:
    arguments = entry["signature"]
    types = tuple(tuple(map(str, _as_list(each["types"]))) for each in arguments)
    return Signature(types, bool(arguments) and bool(arguments[-1].get("variadic")))


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


SIGNATURES: dict[str, Signature] = {
    name: _read_signature(entry) for name, entry in sorted(Functions.FUNCTION_TABLE.items())
}


def say_types(types: tuple[str, ...]) -> str:
    """Give jmespath's type names in words: `a list or a text`."""
    return " or ".join(_TYPE_WORDS.get(each, each) for each in types)


def check_calls(node: Node) -> None:
    """Refuse an unknown function, a wrong number of arguments, and `&` where none is taken."""
    if node.kind == "expref":
        message = 'found "&", which stands only as an argument of map, sort_by, min_by or max_by'
        raise PathError(message, node.start, node.end, code=ARGUMENTS_CODE)
    arguments = node.children
    if node.kind == "function_expression":
        arguments = _check_call(node)
    for child in arguments:
        check_calls(child)


def _check_call(node: Node) -> tuple[Node, ...]:
    """Give the children left to check: an argument with `&` is replaced by what it holds."""
    signature = SIGNATURES.get(node.name)
    if signature is None:
        raise _refuse_unknown(node)
    wanted, given = len(signature.types), len(node.children)
    if given < wanted or (given > wanted and not signature.variadic):
        message = (
            f"{node.name}() got {_count(given)}, expected {_count(wanted)}"
            f"{' or more' if signature.variadic else ''}"
        )
        raise PathError(message, node.start, node.end, code=ARGUMENTS_CODE)
    return tuple(
        _open_reference(node, child, takes_reference="expref" in signature.types_at(index))
        for index, child in enumerate(node.children)
    )


def _refuse_unknown(node: Node) -> PathError:
    operator = _OPERATOR_WORDS.get(node.name.lower())
    if operator:
        message = f'found "{node.name}", expected "{operator}"'
        return PathError(message, node.start, node.end)
    elsewhere = _ELSEWHERE.get(node.name.lower())
    near = f"; {elsewhere}" if elsewhere else suggest(node.name, SIGNATURES)
    message = f'unknown function "{node.name}"{near}'
    return PathError(message, node.start, node.end, code=FUNCTION_CODE)


def _open_reference(call: Node, argument: Node, *, takes_reference: bool) -> Node:
    if takes_reference and argument.kind != "expref":
        message = f'{call.name}() takes an expression here, expected "&" before it'
        raise PathError(message, argument.start, argument.end, code=ARGUMENTS_CODE)
    return argument.children[0] if takes_reference else argument


def _count(number: int) -> str:
    return f"{number} argument{'' if number == 1 else 's'}"


class _Expression:
    """A compiled `&` argument; jmespath's type check knows it by the name of this class."""

    def __init__(self, expression: Select) -> None:
        self.expression = expression

    def visit(self, expression: Select, value: object) -> object:
        return expression(value)


def refer_to(select: Select) -> Select:
    """Compile an `&` argument: handed to the function instead of being evaluated."""
    reference = _Expression(select)
    return lambda _value: reference


def compile_call(node: Node, arguments: list[Select]) -> Select:
    """Compile a call; what jmespath's function raises on the data becomes a `PathError`."""
    name, pay = node.name, pay_call(node)

    def select(value: object) -> object:
        given = [argument(value) for argument in arguments]
        pay(given)
        try:
            result: object = _FUNCTIONS.call_function(name, given)
        except PathError:
            raise  # from inside an & argument: it already has its place
        except JMESPathTypeError as error:
            raise _explain_type(node, error) from None
        except (TypeError, ValueError, ArithmeticError, RecursionError):
            message = f"{name}() cannot work on the values it was given"
            raise PathError(message, node.start, node.end, code=ARGUMENTS_CODE) from None
        return result

    return select


def _explain_type(node: Node, error: JMESPathTypeError) -> PathError:
    found = say_types((str(error.actual_type),))
    message = f"{node.name}() got {found}, expected {say_types(tuple(error.expected_types))}"
    return PathError(message, node.start, node.end, code=ARGUMENTS_CODE)
