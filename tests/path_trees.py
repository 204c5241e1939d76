"""Random JMESPath texts, of every kind of node, and JSON documents that they partly fit."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = ["a", "b", "c", "code", "value"]
TEXTS = ["", "a", "b", "1", "email"]

names = st.sampled_from([*NAMES, '"a"', '"odd name"'])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from([0.0, 1.0, -1.5, 2.5]),
    st.sampled_from(TEXTS),
)
documents = st.recursive(
    scalars,
    lambda below: st.one_of(
        st.lists(below, max_size=4),
        st.dictionaries(st.sampled_from([*NAMES, "odd name"]), below, max_size=4),
    ),
    max_leaves=15,
)
LITERALS = [
    "`0`",
    "`1`",
    "`1.0`",
    "`-2`",
    "`2.5`",
    "`true`",
    "`false`",
    "`null`",
    "`[]`",
    "`{}`",
    "`[1]`",
    '`{"a": 1}`',
    "''",
    "'a'",
    "'1'",
    "'email'",
    '`"b"`',
    "`[1, null, [2]]`",
]
literals = st.sampled_from(LITERALS)
bounds = st.one_of(st.just(""), st.integers(-4, 4).map(str))
steps = st.sampled_from(["", "1", "2", "-1", "-2"])
slices = st.tuples(bounds, bounds, steps).map(lambda part: f"[{part[0]}:{part[1]}:{part[2]}]")
suffixes = st.one_of(
    names.map(lambda name: f".{name}"),
    st.integers(-3, 3).map(lambda index: f"[{index}]"),
    slices,
    st.sampled_from(["[*]", "[]", ".*"]),
)


def extend(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make larger texts of smaller ones; brackets keep each part whole."""
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "&&", "||", "|"])
    pairs = st.lists(st.tuples(names, below), min_size=1, max_size=3)
    groups = st.lists(below, min_size=1, max_size=3)
    return st.one_of(
        st.tuples(below, suffixes).map("".join),
        st.tuples(below, suffixes, suffixes).map("".join),
        st.tuples(below, operators, below).map(lambda part: f"({part[0]} {part[1]} {part[2]})"),
        st.tuples(below, operators, below).map(" ".join),
        st.tuples(below, below).map(lambda part: f"{part[0]}[?{part[1]}]"),
        st.tuples(below, below, suffixes).map(lambda part: f"{part[0]}[?{part[1]}]{part[2]}"),
        st.tuples(below, below, names).map(
            lambda part: f"{part[0]}[?code == 'a' || {part[1]}].{part[2]} | [0]"
        ),
        st.tuples(names, names, names).map(
            lambda part: f"{part[0]}[?{part[1]} == 'a'].{part[2]} | [0]"
        ),
        below.map(lambda text: f"!{text}"),
        below.map(lambda text: f"({text})"),
        groups.map(lambda group: f"[{', '.join(group)}]"),
        st.tuples(names, groups).map(lambda part: f"{part[0]}.[{', '.join(part[1])}]"),
        pairs.map(lambda pair: "{" + ", ".join(f"{key}: {text}" for key, text in pair) + "}"),
        calls(below),
    )


def calls(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make calls of every function, with the right number of arguments of any type."""
    one = ["abs", "avg", "ceil", "floor", "keys", "length", "max", "min", "reverse", "sort"]
    one += ["sum", "to_array", "to_number", "to_string", "type", "values", "merge", "not_null"]
    two = ["contains", "ends_with", "starts_with", "join", "merge", "not_null"]
    by = ["sort_by", "min_by", "max_by"]
    return st.one_of(
        st.tuples(st.sampled_from(one), below).map(lambda part: f"{part[0]}({part[1]})"),
        st.tuples(st.sampled_from(two), below, below).map(
            lambda part: f"{part[0]}({part[1]}, {part[2]})"
        ),
        st.tuples(st.sampled_from(by), below, below).map(
            lambda part: f"{part[0]}({part[1]}, &{part[2]})"
        ),
        st.tuples(below, below).map(lambda part: f"map(&{part[0]}, {part[1]})"),
    )


texts = st.recursive(
    st.one_of(names, names, literals, st.just("@"), st.just("*")), extend, max_leaves=6
)

scraps = st.one_of(
    st.text("ab.[]?*&|!=<>'\"`(){}, 01-@:\\$é", max_size=30),
    st.lists(st.one_of(texts, st.sampled_from(list("[](){}.,&|!=?*: "))), max_size=5).map("".join),
)
