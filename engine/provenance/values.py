"""Reads, parameters and texts: where they stand, and what was answered where they do not."""

from __future__ import annotations

from engine.expressions.templates import compile_template
from engine.inputs import NUMBERS, Case, Input, answer_key, level_of
from engine.provenance.explanation import Element, Step
from engine.provenance.places import Found, find_input
from engine.provenance.trace import Indexes
from engine.provenance.view import View, as_text, leave_out, make_end, make_step
from engine.runtime.values import ABSENT, Form, Marker, case_of
from engine.spec.text import Text

_CASES = {"unknown": "not readable"}
_READ_AS = {
    "instant": "read as a moment in UTC",
    "email": "read as an e-mail address",
    "currency": "read as a currency",
    "url": "read as a web address",
    "ip": "read as an internet address",
    "text": "read without outer blanks",
}


def explain_param(view: View, name: str, _indexes: Indexes) -> Step | None:
    """Explain a parameter: its value, and who gave it."""
    if not name.startswith(("$", "param.")):
        return None
    plain = name.removeprefix("param.").lstrip("$")
    param = view.checked.spec.params[plain]
    value = view.checked.params.values[plain]
    if plain in view.checked.params.examples:
        said = "an example stands in for the brand's own value"
    else:
        said = "the default" if value == param.default else "set for this run"
    element: Element = {
        "source": "param",
        "at": f"${plain}",
        "name": f"${plain}",
        "value": as_text(value),
        "made_difference": None,
    }
    return make_end(element, said, view.rule(("params", plain)))


def explain_read(view: View, name: str, indexes: Indexes) -> Step | None:
    """Explain a read: its place in the record, or what stands in for it."""
    one = view.checked.inputs.reads.get(name)
    if one is None:
        return None
    found = find_input(view.checked, view.trace.situation.record, one, indexes)
    view.origins.setdefault(found.at, (name, indexes[: len(one.level)]))
    value = view.trace.value(name, indexes)
    case = _case(view, one, found)
    element: Element = {
        "source": "record",
        "at": found.at,
        "name": name,
        "value": _raw(view, one, found.value),
        "made_difference": None,
    }
    says = _says_read(one, found.value, value) if case is None else _says_case(one, case)
    step = make_end(element, says, view.rule(one.pointer))
    if one.level == () or (one.level, indexes[: len(one.level)]) in view.trace.elements:
        step["value"] = view.shown(name, value)
    step["looked_at"] = _params_of(view, one)
    if case is not None and one.answers[case].kind in ("use", "fail"):
        given = None if found.value is None else element["value"]
        step["left_out"] = [leave_out(found.at, given, says, step["rule"])]
    return step


def _case(view: View, one: Input, found: Found) -> Case | None:
    """Give the case of an input that could not be read, as the run found it; else None."""
    form: Form = "number" if one.read.type in NUMBERS else "text"
    not_there = found.value is ABSENT or found.value is None
    if not_there or (one.name, found.asked) in view.trace.answered:
        return case_of(found.value, form)
    return None


def _raw(view: View, one: Input, value: object) -> str | None:
    if value is None:
        return "null"
    if isinstance(value, Marker):
        return None
    if isinstance(value, dict | list):
        return "(an object)" if isinstance(value, dict) else "(a list)"
    if one.read.type == "money" and isinstance(value, int | float):
        return _amount_text(view, value)
    return view.masked_text(value) if one.personal else as_text(value)


def _amount_text(view: View, value: float) -> str:
    minor = round(value * view.trace.scale)
    return view.trace.decimal(minor) if minor / view.trace.scale == value else str(value)


def _says_read(one: Input, raw: object, value: object) -> str:
    if one.read.type == "choice":
        return f"means {value}"
    if one.read.type == "day":
        return f"the calendar day in {one.read.zone}"
    return _READ_AS.get(one.read.type, "") if raw != value and one.read.type != "money" else ""


def _says_case(one: Input, case: Case) -> str:
    """Say what was answered for a value that is not there or cannot be read."""
    answer = one.answers[case]
    done = {
        "skip": "left out",
        "clear": "the field is emptied",
        "use": f"{answer.word} is used",
        "fail": f"{answer.word} is raised",
        "once": "",
    }[answer.kind]
    key = answer_key(one.read, case)
    return f"{_CASES.get(case, case)}, so {done} ({key}: {answer.kind} {answer.word})".replace(
        " )", ")"
    )


def _params_of(view: View, one: Input) -> list[Step]:
    """Explain the parameters that say where a value stands and what it means."""
    said: list[object] = [one.read.custom_field, one.read.zone, *(one.read.choices or {}).values()]
    return view.all_of(text for text in said if isinstance(text, str) and text.startswith("$"))


def explain_text(view: View, name: str, _indexes: Indexes) -> Step | None:
    """Explain a composed text: the values in it."""
    text = view.checked.spec.text.get(name)
    if text is None:
        return None
    value = view.trace.value(name)
    rule = view.rule(("text", name))
    if text.join is not None:
        step = _explain_join(view, name, text)
    else:
        step = make_step(name, view.shown(name, value), f"the text {text.template}", rule)
        step["parts"] = view.all_of(compile_template(str(text.template)).names)
    if any(fault.rule == rule for fault, _, _ in view.trace.raised):
        step["says"] += f", which is missing ({text.missing})"
    elif value is None or step["value"] == text.missing.partition(" ")[2]:
        step["says"] += f"; without what it needs: {text.missing}"
    return step


def _explain_join(view: View, name: str, text: Text) -> Step:
    join = str(text.join)
    rule = view.rule(("text", name))
    says = f"joins {join}" + (", each value once" if text.distinct else "")
    step = make_step(name, view.shown(name, view.trace.value(name)), says, rule)
    seen: dict[object, str] = {}
    for indexes in view.trace.elements_in(level_of(join)):
        part = view.of(join, indexes)
        step["parts"].append(part)
        value = view.trace.value(join, indexes)
        at = part["element"]["at"] if part["element"] else ""
        if text.distinct and value is not None and value in seen:
            because = f"the same text as at {seen[value]}, and each counts once"
            step["left_out"].append(leave_out(at, part["value"], because, rule))
        seen.setdefault(value, at)
    return step
