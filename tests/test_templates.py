"""Texts: what is allowed comes out as Jinja2 renders it, everything else is refused by name."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from engine.codes import CODES
from engine.expressions.template_words import FILTERS, WORD_BREAKS
from engine.expressions.templates import (
    MAX_CHARACTERS,
    NOT_ALLOWED,
    SYNTAX,
    TemplateError,
    compile_template,
)

NAMES = ("first_name", "state", "x", "lifetime.orders", "lines.brand", "lines.refunds.state")
JINJA = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
PLAIN = st.text(st.characters(exclude_characters="{}%#'\"\\", exclude_categories=["Cs"]))
CONSTANT = PLAIN.map(lambda text: f"'{text}'")
MARKS = st.sampled_from(["", "-"])
TAG_MARKS = st.sampled_from(["", "-", "+"])
BLANKS = st.sampled_from(["", " ", "\n", "  \n\t", "\r\n"])
# Sigma is small in two ways, depending on what stands around it.
CASED = st.text(st.sampled_from("aBßΣ\u03c3ςİǆŉé'\u2019 .-([{<\t\n\x0b\x1f\xa0\u2028\0\1\2\u0301"))
VALUES = st.fixed_dictionaries({name: st.text() | CASED for name in NAMES})


def render(text: str, values: dict[str, str]) -> str:
    roots: dict[str, object] = {}
    for name, value in values.items():
        *steps, last = name.split(".")
        inner = roots
        for step in steps:
            inner = inner.setdefault(step, SimpleNamespace()).__dict__
        inner[last] = value
    return JINJA.from_string(text).render(roots)


def evaluate(text: str, values: dict[str, str]) -> str:
    source = compile_template(text).source(lambda name: f"values[{name!r}]")
    result = eval(source, {"__builtins__": {}}, {"values": values})  # noqa: S307 - what is tested
    assert type(result) is str
    return result


def refusal_of(text: str) -> TemplateError | None:
    try:
        compile_template(text)
    except TemplateError as error:
        return error
    return None


@st.composite
def filtered(draw: st.DrawFn, value: str) -> str:
    for name in draw(st.lists(st.sampled_from([*FILTERS, "replace"]), max_size=2)):
        call = f"({draw(CONSTANT)}, {draw(CONSTANT)})" if name == "replace" else ""
        value = f"{value}{draw(st.sampled_from(['|', ' | ']))}{name}{call}"
    return value


def texts() -> st.SearchStrategy[str]:
    simple = (st.sampled_from(NAMES) | CONSTANT).flatmap(filtered)
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(" ~ ".join),
            inner.map(lambda text: f"({text})").flatmap(filtered),
            st.tuples(inner, conditions(simple), inner).map(
                lambda t: "({} if {} else {})".format(*t)
            ),
        ),
        max_leaves=4,
    )


def conditions(left: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    equal = st.tuples(left, st.sampled_from(["==", "!="]), CONSTANT)
    constants = st.lists(CONSTANT, min_size=1, max_size=3)
    listed = constants.map(lambda items: f"({', '.join(items)},)") | constants.map(
        lambda items: f"[{', '.join(items)}]"
    )
    member = st.tuples(left, st.sampled_from(["in", "not in"]), listed)
    return st.recursive(
        (equal | member).map(" ".join),
        lambda inner: st.one_of(
            inner.map(lambda test: f"not ({test})"),
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
                lambda parts: f"({' '.join(parts)})"
            ),
        ),
        max_leaves=3,
    )


@st.composite
def printed(draw: st.DrawFn) -> str:
    return f"{{{{{draw(MARKS)}{draw(BLANKS)}{draw(texts())}{draw(BLANKS)}{draw(MARKS)}}}}}"


@st.composite
def tags(draw: st.DrawFn, body: st.SearchStrategy[str]) -> str:
    def tag(inside: str) -> str:
        return f"{{%{draw(TAG_MARKS)} {inside}{draw(BLANKS)} {draw(TAG_MARKS)}%}}"

    test = conditions(st.sampled_from(NAMES))
    parts = [tag(f"if {draw(test)}"), draw(body)]
    for _ in range(draw(st.integers(0, 2))):
        parts += [tag(f"elif {draw(test)}"), draw(body)]
    if draw(st.booleans()):
        parts += [tag("else"), draw(body)]
    return "".join([*parts, tag("endif")])


def templates() -> st.SearchStrategy[str]:
    simple = PLAIN | BLANKS | printed() | st.just("{# a remark #}")
    bodies = st.recursive(
        simple,
        lambda inner: tags(inner) | st.lists(inner, max_size=3).map("".join),
        max_leaves=6,
    )
    return bodies.filter(lambda text: len(text) <= MAX_CHARACTERS)


@settings(deadline=None, max_examples=100)
@given(templates(), VALUES)
def test_what_is_allowed_comes_out_as_jinja2_renders_it(text: str, values: dict[str, str]) -> None:
    refusal = refusal_of(text)
    if refusal is None:
        assert evaluate(text, values) == render(text, values)
    else:
        assert re.search("too many parts|nested too deeply|times as long", str(refusal))


@settings(deadline=None, max_examples=100)
@given(CASED, st.sampled_from(sorted(FILTERS)))
@example("ΑΣ-ΑΣΑ ß\0\1ab\0cd ǆ<ǆa", "title")
def test_a_filter_agrees_with_jinja2_on_unusual_letters(value: str, name: str) -> None:
    text = f"{{{{ x|{name} }}}}"
    assert evaluate(text, {"x": value}) == render(text, {"x": value})


def test_words_break_where_python_sees_white_space() -> None:
    blanks = {chr(code) for code in range(0x3100) if chr(code).isspace()}
    assert set(WORD_BREAKS) == blanks | set("-({[<")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{{ x }}", "Ann"),
        ("{{ x }}\n", "Ann"),
        ("{{ x }}\n\n", "Ann\n"),
        ("a\r\nb", "a\nb"),
        ("a {{- x -}} b", "aAnnb"),
        ("{{ x|upper|replace('N', 'M') }}", "AMM"),
        ("{{ x.y.z }}", "deep"),
        ("{{ 'a' ~ x ~ 'b' }}", "aAnnb"),
        ("{% if x == 'Ann' %}yes{% endif %}", "yes"),
        ("{% if x != 'Ann' %}yes{% endif %}", ""),
        ("{% if x in ('Bob', 'Ann') %}1{% elif x == 'B' %}2{% else %}3{% endif %}", "1"),
        ("{{ 'M' if x in ['Bob'] else 'F' }}", "F"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("{{ '{' }}{# nothing #}", "{"),
        ('{{ "it\'s" }}', "it's"),
        ("'''\"\"\"\\ {} %", "'''\"\"\"\\ {} %"),
    ],
)
def test_a_text_comes_out(text: str, expected: str) -> None:
    source = compile_template(text).source(lambda name: {"x": "x", "x.y.z": "deep"}[name])
    assert eval(source, {"__builtins__": {}}, {"x": "Ann", "deep": "deep"}) == expected  # noqa: S307


def test_names_come_once_in_order_of_appearance() -> None:
    text = "{{ b if a == 'X' else c }}{% if d in ('X',) %}{{ b }}{% else %}{{ e.f }}{% endif %}"
    assert compile_template(text).names == ("b", "a", "c", "d", "e.f")


def test_an_expression_given_for_a_name_is_kept_whole() -> None:
    source = compile_template("{{ x|upper }}").source(lambda _: "'a' if True else 'b'")
    assert eval(source) == "A"  # noqa: S307 - what is tested


REFUSED = [
    ("{% for a in b %}{% endfor %}", "a loop is not allowed", "for"),
    ("{% macro m() %}{% endmacro %}", "a macro is not allowed", "macro"),
    ("x {% set a = 'b' %}", "set is not allowed", "set"),
    ("{% include 'a' %}", "include is not allowed", "include"),
    ("{% extends 'a' %}", "extends is not allowed", "extends"),
    ("{% import 'a' as b %}", "import is not allowed", "import"),
    ("{% block a %}{% endblock %}", "a block is not allowed", "block"),
    ("{% with %}{% endwith %}", "with is not allowed", "with"),
    ("{% filter upper %}{% endfilter %}", "a filter block is not allowed", "filter"),
    ("{% call a() %}{% endcall %}", "a call block is not allowed", "call"),
    ("{% autoescape true %}{% endautoescape %}", "autoescape is not allowed", "autoescape"),
    ("{% do a %}", 'unknown tag "do"', "do"),
    ("{{ a() }}", "a call is not allowed", None),
    ("{{ a.b() }}", "a call is not allowed", None),
    ("{{ a['b'] }}", "a subscript is not allowed", None),
    ("{{ a.0 }}", "a subscript is not allowed", None),
    ("{{ a[1:2] }}", "a subscript is not allowed", None),
    ("{{ a + b }}", "arithmetic is not allowed", None),
    ("{{ -a }}", "arithmetic is not allowed", None),
    ("{{ a is defined }}", "a test is not allowed", "is"),
    ("{{ a == 'b' }}", "a comparison outside if is not allowed", None),
    ("{{ a and b }}", '"and" outside if is not allowed', "and"),
    ("{{ 1 }}", "a number, true, false or none is not allowed", None),
    ("{{ none }}", "a number, true, false or none is not allowed", None),
    ("{{ a, b }}", "a list is not allowed", None),
    ("{{ {} }}", "a list of keys is not allowed", None),
    ("{{ a._b }}", 'found "_b"', "_b"),
    ("{{ a.__class__ }}", 'found "__class__"', "__class__"),
    ("{{ _a }}", 'found "_a"', "_a"),
    ("{{ Name }}", 'found "Name"', "Name"),
    ("{{ self }}", '"self" is a word of Jinja2', "self"),
    ("{{ 'a'.b }}", "a member of something that is no name", "b"),
    ("{{ a|uper }}", '"uper" is not allowed', "uper"),
    ("{{ a|join(',') }}", '"join" is not allowed', "join"),
    ("{{ a|upper('x') }}", '"upper" takes nothing', "upper"),
    ("{{ a|trim(chars='x') }}", '"trim" takes nothing', "trim"),
    ("{{ a|replace('x') }}", "two constant texts", "replace"),
    ("{{ a|replace('x', b) }}", "two constant texts", "replace"),
    ("{{ a|replace('x', 1) }}", "two constant texts", "replace"),
    ("{{ a|replace(*b) }}", "two constant texts", "replace"),
    ("{{ a if b == 'c' }}", "needs an else", "if"),
    ("{% if a %}{% endif %}", "no truth of a text alone", None),
    ("{% if not a %}{% endif %}", "no truth of a text alone", None),
    ("{% if 'x' %}{% endif %}", "no truth of a text alone", None),
    ("{% if a is defined %}{% endif %}", "a test is not allowed", "is"),
    ("{% if a == b %}{% endif %}", '"==" needs a constant text', None),
    ("{% if a == 1 %}{% endif %}", '"==" needs a constant text', None),
    ("{% if a < 'b' %}{% endif %}", "texts have no order", None),
    ("{% if a in 'abc' %}{% endif %}", '"in" needs a list', None),
    ("{% if a in ('b') %}{% endif %}", '"in" needs a list', None),
    ("{% if a in () %}{% endif %}", '"in" needs a list', None),
    ("{% if a in ('b', c) %}{% endif %}", '"in" needs a list', None),
    ("{% if a == 'b' == 'c' %}{% endif %}", "a chain of comparisons", None),
]


@pytest.mark.parametrize(("text", "message", "word"), REFUSED)
def test_what_is_not_allowed_is_refused_by_name(text: str, message: str, word: str | None) -> None:
    with pytest.raises(TemplateError) as refused:
        compile_template(text)
    assert message in str(refused.value)
    assert refused.value.code == NOT_ALLOWED
    found = text[refused.value.start : refused.value.end]
    assert found == (word or text)


def test_a_misspelt_filter_gets_the_nearest_one() -> None:
    with pytest.raises(TemplateError, match='did you mean "upper"'):
        compile_template("{{ a|uper }}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ a", "unexpected end of template"),
        ("{{ a b }}", "expected token 'end of print statement', got 'b'"),
        ("{{ $a }}", "unexpected char '$'"),
        ("{{ }}", "expected an expression"),
        ("{% if a == 'b' %}", "unexpected end of template"),
        ("{% endif %}", "unknown tag"),
        ("{{ '\\x' }}", "truncated"),
    ],
)
def test_what_is_no_jinja2_is_refused(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as refused:
        compile_template(text)
    told = str(refused.value)
    assert message.lower() in told.lower()
    assert told[0].islower()
    assert not told.endswith(".")


def test_an_error_stands_on_its_line() -> None:
    text = "one\r\ntwo {{ a b }}\nthree"
    with pytest.raises(TemplateError) as refused:
        compile_template(text)
    assert text[refused.value.start : refused.value.end] == "two {{ a b }}"
    assert refused.value.code == SYNTAX


@pytest.mark.parametrize(
    "text",
    [
        "x" * (MAX_CHARACTERS + 1),
        "{{ " + "(" * 900 + "a" + ")" * 900 + " }}",
        "{{ " + "not " * 400 + "a }}",
        "{{ " + "-" * 1500 + "1 }}",
        "{{ a" + "|trim" * 300 + " }}",
        "{{ a" + ".b" * 500 + " }}",
        "{{ a }}" * 201,
        "{% if a == 'b' %}" * 60 + "{% endif %}" * 60,
        "{% if " + "a == 'b' or " * 100 + "a == 'b' %}{% endif %}",
    ],
)
def test_a_text_that_is_too_large_or_too_deep_is_refused(text: str) -> None:
    with pytest.raises(TemplateError, match=r"too deeply|too many parts|characters"):
        compile_template(text)


def test_a_text_at_the_limits_can_be_evaluated() -> None:
    text = "{% if a == 'b' %}" + "{% elif a == 'c' %}x" * 27 + "{% endif %}"
    assert evaluate(text, {"a": "c"}) == "x"


@settings(deadline=None, max_examples=100)
@given(st.text(st.sampled_from("{}%#-|.()[]'\" \n\\$~=abif0_,é"), max_size=60))
def test_any_text_is_read_or_refused_within_itself(text: str) -> None:
    refusal = refusal_of(text)
    start, end = (refusal.start, refusal.end) if refusal else (0, 0)
    assert 0 <= start <= end <= len(text)


def test_the_codes_have_a_page() -> None:
    assert {SYNTAX, NOT_ALLOWED} <= set(CODES)
