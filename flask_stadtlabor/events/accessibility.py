"""What is said about the accessibility of a place: a sentence for each thing and degree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from flask_stadtlabor.i18n import lazy

SENTENCES = {
    "wheelchair": {
        "yes": lazy("You can get everywhere in a wheelchair."),
        "partly": lazy("You can get to some of the rooms in a wheelchair."),
        "no": lazy("There are steps; with a wheelchair you cannot get in."),
    },
    "toilet": {
        "yes": lazy("There is an accessible toilet."),
        "partly": lazy("There is a toilet that is accessible in part."),
        "no": lazy("There is no accessible toilet."),
    },
    "induction_loop": {
        "yes": lazy("There is an induction loop for hearing aids."),
        "partly": lazy("There is an induction loop for hearing aids on some of the seats."),
        "no": lazy("There is no induction loop for hearing aids."),
    },
    "sign_language": {
        "yes": lazy("Everything is interpreted into sign language."),
        "partly": lazy("A part is interpreted into sign language."),
        "no": lazy("There is no sign language interpreter."),
    },
    "parking": {
        "yes": lazy("There are parking spaces for disabled people at the door."),
        "partly": lazy("There are parking spaces for disabled people near by."),
        "no": lazy("There are no parking spaces for disabled people."),
    },
    "assistance_dog": {
        "yes": lazy("Assistance dogs are welcome."),
        "partly": lazy("Assistance dogs may come into some of the rooms."),
        "no": lazy("Assistance dogs cannot come in."),
    },
}


class Offer(NamedTuple):
    """One thing that is said about a place."""

    degree: str
    """``yes``, ``partly`` or ``no``."""
    text: str


def offers(degrees: Iterable[tuple[str, str | None]]) -> Iterator[Offer]:
    """A sentence for each thing whose degree is known, in the current language."""
    for name, degree in degrees:
        if degree is not None:
            yield Offer(degree, str(SENTENCES[name][degree]))
