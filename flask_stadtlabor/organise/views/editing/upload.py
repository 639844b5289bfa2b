"""The pictures that come with a page of the editor."""

from __future__ import annotations

import logging

from werkzeug.datastructures import FileStorage

from flask_stadtlabor.editor.faults import Faults
from flask_stadtlabor.events.history import By
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.edit_event import EditForm
from flask_stadtlabor.pictures import processing, storage
from flask_stadtlabor.pictures.operations import Withdrawn, hash_of, hold
from flask_stadtlabor.transactions import commit

logger = logging.getLogger(__name__)


def no_uploads() -> str:
    """Why no picture can be uploaded here, in a sentence; empty where one can."""
    if processing.is_installed() and storage.is_there():
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
        except _Refused as refusal:
            refused[field] = [str(refusal)]
    return refused


def once_more(form: EditForm) -> Faults:
    """What to say where nothing was saved of a form, and its files are lost with it."""
    sentence = _sl("Please choose the picture once more.")
    return {field: [sentence] for field in form.files}


class _Refused(Exception):
    """Says in a sentence why a picture is not taken."""


def _held(file: FileStorage, by: By) -> str:
    """The name of the picture that was made of a file; raises :class:`_Refused`."""
    refusal = no_uploads()
    if refusal:
        raise _Refused(refusal)
    content = file.read(processing.LARGEST_FILE + 1)
    if len(content) > processing.LARGEST_FILE:
        raise _Refused(
            _sl(
                "This file is larger than %(megabytes)d MB. Please choose a smaller one.",
                megabytes=processing.LARGEST_FILE // 2**20,
            )
        )
    try:
        made = processing.process(content)
        picture = commit(lambda: hold(hash_of(content), made, by).uploaded)
        storage.store_files(picture, made.files)
    except processing.NotAPicture as error:
        sentence = _sl(
            "This file is no picture that can be shown. Please choose a JPEG, PNG or WebP."
        )
        raise _Refused(sentence) from error
    except processing.TooManyPixels as error:
        sentence = _sl(
            "This picture has more than %(millions)d million pixels. Please make it smaller first.",
            millions=processing.MOST_PIXELS // 10**6,
        )
        raise _Refused(sentence) from error
    except Withdrawn as error:
        sentence = _sl("This picture was withdrawn, and is not to be shown again.")
        raise _Refused(sentence) from error
    except OSError as error:
        logger.error("A picture could not be stored: %s", type(error).__name__)
        sentence = _sl("The picture could not be stored. Please try once more later.")
        raise _Refused(sentence) from error
    return picture.name
