"""One row at least in each table of content."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.content import figure_entries, publishing, recordings, wishes
from thangdee.casework.content.editions import Draft
from thangdee.casework.content.figure_entries import Checked
from thangdee.casework.content.publishing import LONGEST_REVIEW, Editor
from thangdee.core import words
from thangdee.core.recoding import Recoded
from thangdee.core.words import LANGUAGES

KEY = "answers.info_passport"


async def fill_content(connection: AsyncConnection, figure_key: str, now: datetime) -> None:
    texts = {one: words.own(KEY, one) for one in LANGUAGES}
    draft = replace(Draft(texts, ("VFI19",), reason="made up"), review_by=now.date() + LONGEST_REVIEW)
    one = await publishing.save_draft(connection, KEY, draft, Editor("noy"), now)
    await publishing.propose(connection, one.id, one.revision, ["VFI19"], Editor("noy"), now)
    await publishing.read_over(connection, one.id, one.revision, ["lo"], Editor("keo"), now)
    await figure_entries.enter(connection, figure_key, Checked("000", "made up", is_checked=True), "noy", now)
    await wishes.wish(connection, "made up", "noy", now)
    await recordings.add(connection, KEY, "lo", Recoded(b"made up", seconds=1), "noy", now)
