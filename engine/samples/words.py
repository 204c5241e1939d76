"""The words of fiction: people and places who do not exist, by the lock's mark `x-fiction`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_FIRST_NAMES = (
    "Ada", "Alma", "Anwar", "Beatrix", "Benedict", "Bilal", "Callum", "Chidi", "Clara", "Dara",
    "Edith", "Elif", "Esme", "Farah", "Felix", "Freya", "Gwen", "Hamza", "Hattie", "Hugo",
    "Imran", "Isla", "Jasper", "Jorun", "Kezia", "Kofi", "Leila", "Lorcan", "Mabel", "Marlon",
    "Meera", "Nadia", "Niall", "Odette", "Oscar", "Padma", "Perry", "Quentin", "Ravi", "Rhys",
    "Rosalind", "Rupert", "Saoirse", "Selma", "Tamsin", "Theo", "Ursula", "Vikram", "Wanda", "Zoe",
)  # fmt: skip
_LAST_NAMES = (
    "Abernethy", "Ashdown", "Barrowby", "Bellweather", "Blackthorn", "Brightwell", "Caldbeck",
    "Coldharbour", "Copplestone", "Dunmarsh", "Eastlake", "Elderfield", "Fairholme", "Fenwright",
    "Foxglen", "Garrowby", "Greythorpe", "Harker", "Hazelmere", "Hollowell", "Inglewood", "Ivory",
    "Kestrel", "Kingsnorth", "Larkham", "Linfoot", "Lowmoor", "Marchbank", "Merriton", "Millbank",
    "Northwold", "Oakhanger", "Ottershaw", "Penhallow", "Quarrington", "Ravenscar", "Redfern",
    "Rookhope", "Sandalwood", "Silverdale", "Stonegrave", "Swiftwater", "Thornbury", "Underhill",
    "Vale", "Wakelin", "Westerdale", "Whitcombe", "Winterbourne", "Yarrow",
)  # fmt: skip
_STREETS = (
    "Almond Walk", "Badger Rise", "Beacon Row", "Birchfield", "Cedar Yard", "Chandler Lane",
    "Copper Street", "Dovecote Mews", "Elm Parade", "Ferry Steps", "Granary Road", "Heron Close",
    "Juniper Way", "Kiln Terrace", "Lantern Hill", "Maple Grove", "Orchard View", "Quarry Bank",
    "Saddler Court", "Weaver Street",
)  # fmt: skip
_CITIES = (
    "Sampleford", "Exampleton", "Mockbridge", "Fableham", "Little Trial", "Draftley", "Specimen",
    "Testbury", "Placeholm", "Fictonbury",
)  # fmt: skip

# A range that Ofcom keeps free for drama, so that no telephone ever rings.
_PHONES = tuple(f"07700 900{number:03}" for number in range(1000))

WORDS: Mapping[str, Sequence[str]] = {
    "first_name": _FIRST_NAMES,
    "last_name": _LAST_NAMES,
    "street": tuple(f"{1 + 7 * index} {name}" for index, name in enumerate(_STREETS)),
    "street_part": tuple(f"Flat {number}" for number in range(1, 60)),
    "city": _CITIES,
    "region": tuple(f"{way}shire" for way in ("North", "South", "East", "West", "Mid")),
    # No postcode area is called ZZ.
    "postcode": tuple(f"ZZ{number // 10 + 1} {number % 10}ZZ" for number in range(90)),
    "phone": _PHONES,
    "company": tuple(f"{name} Example Ltd" for name in _LAST_NAMES[:20]),
    "title": ("Mx", "Ms", "Mr", "Dr"),
}
