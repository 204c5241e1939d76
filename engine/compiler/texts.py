"""`text`: joined lists and templates, compiled to plain string expressions."""

from __future__ import annotations

from engine.compiler.context import Context, variable
from engine.expressions.templates import compile_template
from engine.inputs import Level, level_of, parse_answer
from engine.spec.text import Text


def emit_texts(context: Context, rows: dict[Level, list[str]]) -> None:
    """Emit every text into its variable."""
    for name, text in context.checked.spec.text.items():
        v = variable(name)
        if text.join is not None:
            _emit_join(context, v, text, rows)
        else:
            _emit_template(context, v, text)
        _emit_missing(context, v, name, text)


def _emit_join(context: Context, v: str, text: Text, rows: dict[Level, list[str]]) -> None:
    join = str(text.join)
    level = level_of(join)
    column = rows[level].index(join)
    values = f"row[{column}] for row in rows_{'__'.join(level)}"
    if context.checked.names[join].optional:
        values += f" if row[{column}] is not None"
    listed = f"dict.fromkeys({values})" if text.distinct else f"[{values}]"
    context.source.line(f"{v} = {text.separator or ''!r}.join({listed})[:TEXT_LIMIT] or None")


def _emit_template(context: Context, v: str, text: Text) -> None:
    template = compile_template(str(text.template))
    optional = [name for name in template.names if context.checked.names[name].optional]
    value = template.source(lambda name: text_of(context, name))
    if optional:
        tests = " and ".join(context.is_there(name) for name in optional)
        value = f"{value} if {tests} else None"
    context.source.line(f"{v} = {value}")


def text_of(context: Context, name: str) -> str:
    """Give the expression of a name as text: amounts with the currency's digits."""
    kind = context.checked.names[name].type
    if name.startswith(("$", "param.")):
        return repr(str(context.checked.params.values[name.removeprefix("param.").lstrip("$")]))
    if kind == "money":
        return f"decimal_text({variable(name)}, scale)"
    if kind in ("integer", "boolean"):
        return f"str({variable(name)})"
    # No field takes a longer text, and so no template can multiply a huge one.
    return f"{variable(name)}[:TEXT_LIMIT]"


def _emit_missing(context: Context, v: str, name: str, text: Text) -> None:
    pointer = ("text", name)
    answer = parse_answer(text.missing)
    if answer.kind == "skip" and not context.probed:
        return
    with context.source.block(f"if {v} is None"):
        context.note(pointer, "missing")
        if answer.kind == "fail":
            fault = context.source.bind(context.fault(answer.word, pointer), "fault")
            context.source.line(f"raised.append(({fault}, 'text.{name}', '(absent)'))")
        elif answer.kind == "clear":
            context.source.line(f"{v} = CLEAR")
        elif answer.kind == "use":
            context.source.line(f"{v} = {answer.word!r}")
