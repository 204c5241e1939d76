"""MD501 to MD599: records and contact answers at run time."""

from __future__ import annotations

from engine.codes.code import Code

DATA: dict[str, Code] = {
    "MD501": Code(
        "record that cannot be read",
        "The input holds something that is no record: broken JSON, a lone text, an HTML page or an "
        "error of the source. It is held under the place where it stood; the other records go on.",
    ),
}
