"""The one script: the very file that was published, and pages that do as well without it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import engine.web
from tests.web.offices import Office

# https://www.npmjs.com/package/htmx.org: dist/htmx.min.js of this version, under the licence 0BSD.
VERSION = "4.0.1"
DIGEST = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
FOLDER = Path(engine.web.__file__).parent / "scripts"
PART = {"HX-Request": "true"}


def test_the_script_is_the_file_that_was_published(office: Office) -> None:
    with office.client() as client:
        answer = client.get("/htmx.js")
    assert sha256(answer.content).hexdigest() == DIGEST
    assert f'this.version="{VERSION}"' in answer.text
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (FOLDER / "htmx.LICENSE").read_text(encoding="utf-8").startswith("Zero-Clause BSD")
    assert {one.name for one in FOLDER.iterdir()} == {"htmx.min.js", "htmx.LICENSE"}


def test_every_form_and_link_of_the_script_goes_where_it_goes_without(office: Office) -> None:
    with office.client("olga") as client:
        for path in ("/exceptions", "/audit", "/exceptions/2"):
            text = client.get(path).text
            for one in text.split('hx-get="')[1:]:
                to = one.partition('"')[0]
                assert f'action="{to}"' in text or f'href="{to}"' in text, to


def test_whoever_is_not_signed_in_any_more_is_led_to_the_door_by_the_script(office: Office) -> None:
    with office.client() as client:
        answer = client.get("/exceptions?order=x", headers=PART)
    assert (answer.status_code, answer.text) == (401, "")
    assert answer.headers["hx-redirect"] == "/login?to=%2Fexceptions%3Forder%3Dx"


def test_a_refusal_is_shown_as_the_whole_content(office: Office) -> None:
    with office.client("olga") as client:
        part = client.get("/exceptions?state=gone", headers=PART)
        page = client.get("/exceptions?state=gone")
    assert (part.status_code, part.headers["hx-retarget"]) == (400, "#content")
    assert "hx-retarget" not in page.headers
