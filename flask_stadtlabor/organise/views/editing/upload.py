"""The picture that comes with a page of the editor."""

from __future__ import annotations

import logging

from flask_stadtlabor.editor.faults import Faults
from flask_stadtlabor.events.history import By
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.edit_event import PICTURE, EditForm
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


def once_more(form: EditForm) -> Faults:
    """What is said at the picture where a form that came with one was not valid."""
    return of_picture(_sl("Please choose the picture once more.") if form.file else "")


def of_picture(sentence: str) -> Faults:
    """What is wrong with the picture, as a fault of the form; none for no sentence."""
    return {PICTURE: [sentence]} if sentence else {}


def take_picture(form: EditForm, by: By) -> str:
    """Hold the picture that came with the form; returns why not, in a sentence.

    It is held before the form is saved, so that nobody has to choose the file again where
    something else of the form is wrong.
    """
    if form.file is None:
        if form.takes_picture_out:
            form.uploaded_picture = ""
        return ""
    refusal = no_uploads()
    if refusal:
        return refusal
    content = form.file.read(processing.LARGEST_FILE + 1)
    if len(content) > processing.LARGEST_FILE:
        return _sl(
            "This file is larger than %(megabytes)d MB. Please choose a smaller one.",
            megabytes=processing.LARGEST_FILE // 2**20,
        )
    try:
        made = processing.process(content)
        picture = commit(lambda: hold(hash_of(content), made, by).uploaded)
        storage.store_files(picture, made.files)
    except processing.NotAPicture:
        return _sl("This file is no picture that can be shown. Please choose a JPEG, PNG or WebP.")
    except processing.TooManyPixels:
        return _sl(
            "This picture has more than %(millions)d million pixels. Please make it smaller first.",
            millions=processing.MOST_PIXELS // 10**6,
        )
    except Withdrawn:
        return _sl("This picture was withdrawn, and is not to be shown again.")
    except OSError as error:
        logger.error("A picture could not be stored: %s", type(error).__name__)
        return _sl("The picture could not be stored. Please try once more later.")
    form.uploaded_picture = picture.name
    return ""
