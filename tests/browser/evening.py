"""An evening of a city: its series, its texts and its event, in the words of both languages."""

from __future__ import annotations

from typing import Final

Words = dict[str, tuple[str, str]]
"""By the name of the field, without its language: German, English."""

SERIES: Final[Words] = {
    "title": ("Stadtlabor zu Besuch", "City Lab on a Visit"),
    "summary": (
        "Digitales zum Anfassen, jedes Mal woanders.",
        "Digital things to touch, around town.",
    ),
    "description": (
        "Seit August 2022 kommt das Stadtlabor in die Viertel.",
        "Since August 2022 the city lab has been coming to the districts.",
    ),
    "funding[0].name": ("Bundesministerium für Wohnen", "Federal Ministry for Housing"),
    "funding[0].note": ("Modellprojekte Smart Cities, über die KfW", "Smart Cities, through KfW"),
}
TEXTS: Final[dict[str, tuple[str, Words]]] = {
    "privacy": (
        "privacy",
        {
            "title": ("Datenschutz", "Privacy"),
            "text": (
                "Wir speichern, was du einträgst, bis der Abend vorbei ist.",
                "We keep what you write until the evening is over.",
            ),
            "name": ("Stadt Bochum", "City of Bochum"),
        },
    ),
    "recording": (
        "notice",
        {
            "title": ("Es wird fotografiert", "Photos are taken"),
            "text": (
                "An diesem Abend entstehen Fotos. Sag uns, wenn du nicht aufs Bild willst.",
                "Photos are taken that evening. Tell us if you do not want to be in them.",
            ),
        },
    ),
    "photos-website": (
        "consent",
        {
            "title": ("Fotos auf der Website der Stadt", "Photos on the city’s website"),
            "text": (
                "Die Stadt darf Fotos von mir auf ihrer Website zeigen.",
                "The city may show photos of me on its website.",
            ),
        },
    ),
}
"""By the short name: what kind of text it is, and its words."""
CONSENT: Final = "photos-website"

TITLE: Final[Words] = {"title": ("Mitreden im Netz", "Have your say online")}
STORY: Final[Words] = {
    "topic": ("Die Beteiligungsplattform", "The participation platform"),
    "summary": (
        "Ideen teilen, mitreden, abstimmen: Wir probieren die Plattform zusammen aus.",
        "Share ideas, speak up, vote: we try the platform out together.",
    ),
    "description": (
        "Nach einem Vortrag über CONSUL siehst du die ersten Projekte.\n\nDeine Meinung zählt.",
        "After a talk on CONSUL you see the first projects.\n\nYour opinion counts.",
    ),
    "price": ("kostenlos", "free of charge"),
}
VENUE: Final[Words] = {
    "venue.name": ("Quartiershalle in der KoFabrik", "Quartiershalle in the KoFabrik"),
    "venue.street": ("Stühmeyerstr. 33", "Stühmeyerstr. 33"),
    "venue.city": ("Bochum", "Bochum"),
}
PROGRAMME: Final = (
    ("17:30", "Willkommen und Einführung", "Welcome and introduction"),
    ("17:40", "Vortrag: Beteiligungsplattform", "Talk: participation platform"),
    ("18:00", "Erste Projekte, Ausprobieren", "First projects, trying out"),
    ("18:30", "Ausklang und Gespräch", "Closing and conversation"),
)
ORGANISERS: Final = (
    ("Stabsstelle Digitalisierung", "Digitalisation Office"),
    ("Smart City Innovation Unit", "Smart City Innovation Unit"),
)
QUESTION: Final[Words] = {
    "label": ("Kennst du die Plattform schon?", "Do you know the platform already?")
}
ANSWERS: Final = (
    ("ja", "Ja, ich war schon dort", "Yes, I have been there"),
    ("nein", "Nein, noch nicht", "No, not yet"),
    ("gehoert", "Nur davon gehört", "I have only heard of it"),
)
PICTURE: Final[Words] = {
    "image.alt": ("Menschen an Tischen in einer Halle", "People at tables in a hall"),
    "image.credit": ("Foto: Stadt Bochum", "Photo: City of Bochum"),
}
RESULTS: Final[Words] = {
    "results.text": (
        "Die Plattform bleibt offen. **Die ersten fünf Ideen** werden geprüft.",
        "The platform stays open. **The first five ideas** are being looked at.",
    ),
    "results.by": ("Das Team des Stadtlabors", "The team of the city lab"),
}
MESSAGE: Final[Words] = {
    "subject": ("Danke für den Abend", "Thank you for the evening"),
    "text": ("Die Folien stehen jetzt im Netz.", "The slides are online now."),
}
PEOPLE: Final = (
    {"given_name": "Ayşe", "family_name": "Yıldız", "email": "ayse@buerger.example"},
    {"given_name": "Jörg", "family_name": "Groß", "email": "joerg@buerger.example"},
    {"given_name": "Ilse", "family_name": "Brockhoff", "email": "ilse@buerger.example"},
)
