"""Requests to owners of records: one e-mail each, in three languages, that asks whether what we show is still so.

Drafts only: an operator sends them from the office's own mail program. They name facts of the owner alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import SMTP

from thangdee.core import words
from thangdee.referral_directory.freshness import Due


def requests_to_owners(listed: Iterable[Due]) -> dict[str, EmailMessage]:
    """Return one draft for each owner with an e-mail address, by that address; facts in the order of the work list."""
    by_owner: dict[str, list[Due]] = defaultdict(list)
    for due in listed:
        if due.owner_email:
            by_owner[due.owner_email].append(due)
    return {address: _draft(address, facts) for address, facts in by_owner.items()}


def _draft(address: str, facts: list[Due]) -> EmailMessage:
    draft = EmailMessage(policy=SMTP)
    draft["To"] = address
    draft["Subject"] = " · ".join(words.text("directory.request.subject", language) for language in words.LANGUAGES)
    draft["X-Unsent"] = "1"  # mail programs then open it for writing
    draft.set_content("\n\n— — —\n\n".join(_body(facts, language) for language in words.LANGUAGES))
    return draft


def _body(facts: list[Due], language: str) -> str:
    lines = (f"- {one.title}: {words.text(f'directory.fact.{one.entity}', language)}: {one.shows}" for one in facts)
    return words.text("directory.request.body", language, facts="\n".join(lines))
