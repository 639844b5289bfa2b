"""The pictures that come with a page of the editor."""

from __future__ import annotations

from werkzeug.datastructures import FileStorage

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.editor.faults import Faults
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.edit_event import EditForm
from flask_stadtlabor.pictures.operations import hold
from flask_stadtlabor.pictures.taking import Refused, is_possible, take


def no_uploads() -> str:
    """Why no picture can be uploaded here, in a sentence; empty where one can."""
    if is_possible():
        return ""
    return _sl(
        "Uploading pictures is not set up on this portal. Whoever runs it finds what is missing "
        "by “flask stadtlabor check”. Until then, give the address of a picture below."
    )


def take_pictures(form: EditForm, by: By) -> Faults:
    """Hold the pictures that came with the form; returns why not, by the names of their fields.

    They are held before the form is saved, so that nobody has to choose a file again where
    something else of the form is wrong.
    """
    form.uploaded_pictures |= dict.fromkeys(form.takes_out, "")
    refused: dict[str, list[str]] = {}
    for field, file in form.files.items():
        try:
            form.uploaded_pictures[field] = _held(file, by)
        except Refused as refusal:
            refused[field] = [str(refusal)]
    return refused


def once_more(form: EditForm) -> Faults:
    """What to say where nothing was saved of a form, and its files are lost with it."""
    sentence = _sl("Please choose the picture once more.")
    return {field: [sentence] for field in form.files}


def _held(file: FileStorage, by: By) -> str:
    """The name of the picture that was made of a file; raises ``Refused``."""
    refusal = no_uploads()
    if refusal:
        raise Refused(refusal)
    return take(file, lambda key, made: hold(key, made, by))
