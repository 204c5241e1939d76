"""What a probed function notes of conditions: which alternatives held, which parts did not."""

from __future__ import annotations

from engine.compiler.conditions import cell_test, condition_test
from engine.compiler.context import Context
from engine.spec.condition import When, alternatives_of
from engine.spec.send import Send
from engine.text import Pointer

HOLDS, FAILS, OLDER = "holds", "fails", "older"


def watch_send(context: Context, name: str, send: Send, ages: list[tuple[str, str]]) -> None:
    """Emit the notes of one send: its condition, and whether only its age keeps it back."""
    if not context.probed:
        return
    pointer: Pointer = ("send", name)
    if send.when is not None:
        watch_condition(context, (*pointer, "when"), send.when)
    tests = [condition_test(context, one) for one in alternatives_of(send.when)]
    applies = " or ".join(f"({test})" for test in tests) or "True"
    for test, _ in ages:
        with context.source.block(f"if ({applies}) and not ({test})"):
            context.note((*pointer, "age"), OLDER)


def watch_condition(context: Context, pointer: Pointer, when: When) -> None:
    """Emit the notes of a condition: each alternative that holds, each part that fails."""
    if not context.probed:
        return
    for index, condition in enumerate(alternatives_of(when)):
        at: Pointer = (*pointer, index) if isinstance(when, list) else pointer
        with context.source.block(f"if {condition_test(context, condition)}"):
            context.note(at, HOLDS)
        for name, cell in condition.items():
            with context.source.block(f"if not ({cell_test(context, name, cell)})"):
                context.note((*at, name), FAILS)
