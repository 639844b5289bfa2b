"""Taking a file that somebody uploads: from the request to the picture in the storage."""

from __future__ import annotations

import logging
from collections.abc import Callable

from werkzeug.datastructures import FileStorage

from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.pictures import processing, storage
from flask_stadtlabor.pictures.models import Picture
from flask_stadtlabor.pictures.operations import Withdrawn, hash_of
from flask_stadtlabor.pictures.processing import Processed
from flask_stadtlabor.transactions import commit

logger = logging.getLogger(__name__)

MEGABYTES = processing.LARGEST_FILE // 2**20
"""As many may a file have."""


class Refused(Exception):
    """Says in a sentence why a picture is not taken."""


def is_possible() -> bool:
    """Whether pictures can be uploaded here."""
    return processing.is_installed() and storage.is_there()


def take(file: FileStorage, note: Callable[[str, Processed], Picture]) -> str:
    """The name of the picture that was made of a file; raises :class:`Refused`.

    ``note`` writes its row, by the hash of the file and what was made of it.
    """
    content = file.read(processing.LARGEST_FILE + 1)
    if len(content) > processing.LARGEST_FILE:
        raise Refused(
            _sl(
                "This file is larger than %(megabytes)d MB. Please choose a smaller one.",
                megabytes=MEGABYTES,
            )
        )
    try:
        made = processing.process(content)
        picture = commit(lambda: note(hash_of(content), made).uploaded)
        storage.store_files(picture, made.files)
    except processing.NotAPicture as error:
        sentence = _sl(
            "This file is no picture that can be shown. Please choose a JPEG, PNG or WebP."
        )
        raise Refused(sentence) from error
    except processing.TooManyPixels as error:
        sentence = _sl(
            "This picture has more than %(millions)d million pixels. Please make it smaller first.",
            millions=processing.MOST_PIXELS // 10**6,
        )
        raise Refused(sentence) from error
    except Withdrawn as error:
        sentence = _sl("This picture was withdrawn, and is not to be shown again.")
        raise Refused(sentence) from error
    except OSError as error:
        logger.error("A picture could not be stored: %s", type(error).__name__)
        sentence = _sl("The picture could not be stored. Please try once more later.")
        raise Refused(sentence) from error
    return picture.name
