"""The handbook of a mapping: the page to read first, section by section as people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.checked import CheckedSpec
from engine.handbook.blocks import Handbook, code, say, sentence
from engine.handbook.calls import tell_calls
from engine.handbook.consent import tell_consent
from engine.handbook.examples import work_out
from engine.handbook.exceptions import team, tell_exceptions
from engine.handbook.glossary import tell_glossary
from engine.handbook.money import tell_money
from engine.handbook.people import tell_people
from engine.handbook.purpose import tell_purpose
from engine.handbook.settings import tell_settings
from engine.handbook.weekly import tell_weekly


def build_handbook(
    checked: CheckedSpec, samples: Sequence[Mapping[str, object]], now: datetime
) -> Handbook:
    """Give the handbook; examples are worked out from `samples`, at the clock `now` (aware).

    The same mapping, samples and clock give the same handbook. Its examples hold amounts and keys
    of samples, and no personal value.
    """
    spec = checked.spec
    sections = (
        tell_purpose(checked),
        tell_calls(checked),
        tell_consent(checked),
        tell_people(checked),
        tell_money(checked, work_out(checked, samples, now)),
        tell_exceptions(checked),
        tell_weekly(checked),
        tell_settings(checked),
    )
    return Handbook(
        mapping=spec.mapping,
        version=spec.version,
        title=spec.title,
        lead=sentence(
            say(
                "This is the operating handbook of the mapping {}. It is made from the mapping, so "
                "it says what happens, not what was meant",
                code(spec.mapping),
            )
        ),
        facts=(
            ("Version", say(spec.version)),
            ("Owner", say(team(spec.owner))),
            ("Source", say("{}", code(spec.source))),
            ("Target", say("{}", code(spec.target))),
            ("Checksum (SHA-256)", say("{}", code(checked.sha256))),
        ),
        sections=(*sections, tell_glossary(checked, sections)),
    )
