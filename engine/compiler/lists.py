"""`each`: lists walked element by element, with their reads, inner lists and amounts."""

from __future__ import annotations

from engine.compiler.amounts import emit_contributions, emit_starts, emit_totals
from engine.compiler.context import Context, list_variable, variable
from engine.compiler.reads import ElementReads, location
from engine.inputs import Input, Level, ListInput


def emit_element(
    context: Context, level: Level, element: str, rows: dict[Level, list[str]]
) -> None:
    """Emit everything taken from one element: the record itself when `level` is empty.

    `rows` names, per list, the values kept from each element for texts and sends.
    """
    reads = ElementReads(context, level, element)
    unit = context.checked.inputs.currency(context.checked.spec.money)
    one_list = context.checked.inputs.lists.get(".".join(level))
    first = _key_of(one_list) if level else context.checked.spec.record.key
    for one in _key_first(list(context.checked.inputs.reads_at(level)), first):
        reads.emit(one)
        if one.name == first and one_list is not None:
            _emit_repeat_test(context, one_list, element)
        if one is unit:
            digits = context.checked.source.digits
            scales = context.source.bind({c: 10**n for c, n in digits.items()}, "scales")
            context.source.line(f"scale = {scales}.get({variable(one.name)}, 100)")
    emit_starts(context, level)
    for inner in context.checked.inputs.lists_in(level):
        _emit_walk(context, inner, reads, rows)
    emit_totals(context, level)
    emit_contributions(context, level)
    if level and context.probed:
        _emit_walked(context, level)
    if level in rows:
        kept = "".join(f"{variable(name)}, " for name in rows[level])
        context.source.line(f"rows_{list_variable(level)}.append(({kept}))")


def _emit_walked(context: Context, level: Level) -> None:
    """Leave behind what is known of one element, whose variables the next one takes over."""
    names = [name for name, named in context.checked.names.items() if named.level == level]
    values = ", ".join(f"{name!r}: {variable(name)}" for name in names)
    indexes = "".join(f"i_{list_variable(level[:depth])}, " for depth in range(1, len(level) + 1))
    context.source.line(f"walked[({level!r}, ({indexes}))] = {{{values}}}")


def _key_of(one: ListInput | None) -> str:
    return f"{one.name}.{one.each.key}" if one is not None and one.each.key else ""


def _key_first(inputs: list[Input], first: str) -> list[Input]:
    """Put the key before the rest, and the currency before every amount."""
    return sorted(inputs, key=lambda one: (one.name != first, one.read.type != "currency"))


def _emit_walk(
    context: Context, one: ListInput, reads: ElementReads, rows: dict[Level, list[str]]
) -> None:
    source = context.source
    name = list_variable(one.level)
    if one.level in rows:
        source.line(f"rows_{name} = []")
    settle = context.settle(one, "list", personal=True)
    source.line(f"l_{name} = {reads.fetch_path(one.path.steps, one.path.select)}")
    _emit_list_test(context, one, f"l_{name}", settle)
    with source.block(f"for i_{name}, e_{name} in enumerate(l_{name})"):
        with source.block(f"if e_{name}.__class__ is not dict"):
            source.line(settle.format(value="MISPLACED", at=location(context, one.level, "")))
            source.line("continue")
        emit_element(context, one.level, f"e_{name}", rows)


def _emit_list_test(context: Context, one: ListInput, found: str, settle: str) -> None:
    """Emit what stands in for a list that is not there: an empty one, with or without a fault."""
    source = context.source
    at = location(context, one.level[:-1], one.path.text)
    settled = settle.format(value=found, at=at)
    nothing = f"{found} is ABSENT or {found} is None"
    skipped = one.answers["absent"].kind == one.answers["null"].kind == "skip"
    with source.block(f"if {found}.__class__ is not list"):
        if skipped and not context.probed:
            with source.block(f"if not ({nothing})"):
                source.line(settled)
        else:
            source.line(settled)
        source.line(f"{found} = EMPTY_LIST")
    if one.answers["blank"].kind != "skip" or context.probed:
        with source.block(f"elif not {found}"):
            source.line(settled)


def _emit_repeat_test(context: Context, one: ListInput, element: str) -> None:
    """Count an element once per key; the same key with other content is a fault."""
    if one.repeated is None:
        return
    source = context.source
    name = list_variable(one.level)
    key = variable(_key_of(one))
    at = location(context, one.level, "")
    with source.block(f"if {key} in seen_{name}"):
        if one.repeated.kind == "once" and one.conflicting is not None:
            fault = source.bind(context.fault(one.conflicting.word, one.pointer), "fault")
            with source.block(f"if seen_{name}[{key}] != {element}"):
                source.line(f"raised.append(({fault}, {at}, '(differs)'))")
                context.note(one.pointer, "conflicting")
            if context.probed:
                with source.block("else"):
                    context.note(one.pointer, "repeated")
        else:
            fault = source.bind(context.fault(one.repeated.word, one.pointer), "fault")
            source.line(f"raised.append(({fault}, {at}, '(repeated)'))")
            context.note(one.pointer, "repeated")
        source.line("continue")
    source.line(f"seen_{name}[{key}] = {element}")
