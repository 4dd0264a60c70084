"""What the header of a queue entry shows: the place by its name, in the viewer's language."""

from thangdee.referral_directory.places import by_code


def place_name(code: str | None, language: str) -> str:
    """Return the name of a district or province with its kind, nothing where there is none."""
    place = by_code(code) if code else None
    return place.full_name(language) if place else ""
