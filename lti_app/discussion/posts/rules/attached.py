"""What a reader is shown of the files of a post: where its author has a pseudonym, nothing that tells their name."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lti_app.library.files.rules import MediaType, ending_of, part_of_address

_OWN_ADDRESS = re.compile(r"(/files/\d{1,18}/)([0-9a-f]{12})-[A-Za-z0-9.-]{0,400}(\.[a-z]{3,4})(?![A-Za-z0-9-])")


def shown_files(
    stored: Sequence[Mapping[str, Any]], *, hides_author: bool, others_see_pseudonym: bool = False
) -> tuple[dict[str, Any], ...]:
    """The files of a post in their order, each with `number`, `is_withheld` and `is_for_author`.

    The name of a file may be its author's, so whoever sees a pseudonym sees a number instead (0 is for a file with its
    own name). A file that may contain its author's name is withheld: it was attached when names were shown. Its author
    still has it (`others_see_pseudonym` is asked of an author's own post) and is told that classmates do not.
    """
    return tuple(
        _shown(file, number if hides_author else 0, is_own=others_see_pseudonym)
        for number, file in enumerate(stored, 1)
    )


def _shown(file: Mapping[str, Any], number: int, *, is_own: bool) -> dict[str, Any]:
    name = f"attachment-{number}{ending_of(file['name'])}" if number else file["name"]
    slug = part_of_address(file["slug"].partition("-")[0], file["name"])
    may_name_author = MediaType(file["type"]).may_name_author
    is_withheld, is_for_author = number > 0 and may_name_author, is_own and may_name_author
    facts = {"name": name, "slug": slug, "number": number}
    return {**file, **facts, "is_withheld": is_withheld, "is_for_author": is_for_author}


def without_file_names(written: str) -> str:
    """The text or HTML of a post with addresses that do not contain the names of files, as earlier ones did."""
    if "/files/" not in written:
        return written
    return _OWN_ADDRESS.sub(lambda found: f"{found[1]}{part_of_address(found[2], found[3])}", written)
