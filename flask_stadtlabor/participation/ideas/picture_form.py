"""The part of an idea's form that takes a picture."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FileField, StringField

from flask_stadtlabor.events.uploaded import Uploaded, uploaded
from flask_stadtlabor.form_fields import MarkField, PlainText, stripped
from flask_stadtlabor.forms import only_changes_language
from flask_stadtlabor.i18n import _sl, lazy
from flask_stadtlabor.limits import within_limit
from flask_stadtlabor.participation.ideas.models import LONGEST_PICTURE_ALT
from flask_stadtlabor.participation.people.current import Identity
from flask_stadtlabor.participation.people.forms import WriterForm
from flask_stadtlabor.pictures import taking
from flask_stadtlabor.pictures.operations import hold_for_idea
from flask_stadtlabor.pictures.queries import usable_in_idea
from flask_stadtlabor.tokens import keyed_hashes, sign, unsign

_KEPT = "idea-picture"


class PictureForm(WriterForm):
    """Takes a picture of whoever is known; where none can be stored, its fields are not there."""

    picture = FileField(
        lazy("A picture of it"), render_kw={"accept": "image/jpeg,image/png,image/webp"}
    )
    picture_alt = StringField(
        lazy("What the picture shows"),
        filters=[stripped],
        validators=[PlainText(LONGEST_PICTURE_ALT)],
        render_kw={"maxlength": LONGEST_PICTURE_ALT},
    )
    picture_remove = BooleanField(lazy("Take the picture out"))
    picture_kept = MarkField()
    """A picture that came with an earlier try, signed for this person and this form."""

    def __init__(self, identity: Identity, about: str, stored: str | None, **values: Any) -> None:
        super().__init__(identity, **values)
        account = identity.account
        self._owner = (account.key if account is not None else identity.address) or ""
        self._about = about
        self.picture_name: str | None = stored
        """The picture that the idea has by this form."""
        self.picture_can_follow = not identity.is_known and taking.is_possible()
        """Whether a picture can be added once the link in a mail was opened."""
        self._stored = stored, values.get("picture_alt")
        if not (self._owner and identity.is_known and taking.is_possible()):
            del self.picture, self.picture_alt, self.picture_remove, self.picture_kept
        elif self.is_submitted():
            self.picture_name = self._kept() or stored
            self._mark()

    @property
    def largest_megabytes(self) -> int:
        """As many may a file have."""
        return taking.MEGABYTES

    @property
    def shown_picture(self) -> Uploaded | None:
        """The picture that the form has."""
        return uploaded(self.picture_name)

    @property
    def picture_words(self) -> str | None:
        """What is said of the picture; None without one."""
        if self.picture_name is None:
            return None
        if self.picture_alt is None:
            return self._stored[1]
        return self.picture_alt.data or None

    def validate(self, extra_validators: Any = None) -> bool:
        """Takes the picture that came along, so that nobody chooses it again where something else
        is wrong; and says what is wrong with it."""
        is_valid = super().validate(extra_validators)
        if self.picture is None:
            return is_valid
        file = request.files.get(self.picture.name)
        if file is not None and file.filename:
            refusal = self._take(file)
            if refusal:
                self.picture.errors = [refusal]
        elif self.picture_remove.data:
            self.picture_name = None
        if self.picture_name is not None and not self.picture_alt.data:
            sentence = _sl("Please say in one sentence what the picture shows.")
            self.picture_alt.errors = [*self.picture_alt.errors, sentence]
        self._mark()
        return is_valid and not self.picture.errors and not self.picture_alt.errors

    def lose_picture(self) -> None:
        """Say that the picture has to be chosen once more: it is not there any more."""
        self.picture_name = self._stored[0]
        self._mark()
        self.picture.errors = [_sl("Please choose the picture once more.")]

    def _take(self, file: FileStorage) -> str:
        """Hold a picture; why not, in a sentence."""
        if self.session_errors() or only_changes_language():
            # whoever else has sent this stores nothing
            return _sl("Please choose the picture once more.")
        if not within_limit("picture", self._owner):
            return _sl("Very many pictures came in a short time. Please try again later.")
        try:
            self.picture_name = taking.take(file, hold_for_idea)
        except taking.Refused as refusal:
            return str(refusal)
        self.picture_remove.data = False
        return ""

    def _kept(self) -> str | None:
        """The picture of an earlier try, as long as it is there."""
        found = unsign(_KEPT, str(self.picture_kept.data or ""))
        if not isinstance(found, list) or len(found) != 3:
            return None
        whose, about, name = found
        is_theirs = whose in keyed_hashes(_KEPT, self._owner) and about == self._about
        return str(name) if is_theirs and usable_in_idea(str(name)) else None

    def _mark(self) -> None:
        is_new = self.picture_name not in (None, self._stored[0])
        whose = keyed_hashes(_KEPT, self._owner)[0]
        kept = [whose, self._about, self.picture_name]
        self.picture_kept.data = sign(_KEPT, kept) if is_new else ""
