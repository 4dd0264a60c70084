"""All pages of receivers."""

from fastapi import FastAPI

from thangdee.console.provider.answering import add_answering
from thangdee.console.provider.inbox import add_inbox
from thangdee.console.provider.link_page import add_links
from thangdee.console.provider.live_page import add_live_referral
from thangdee.console.provider.referral_page import add_referral_page
from thangdee.console.shared import Console
from thangdee.core.change_feed import ChangeFeed


def add_provider(app: FastAPI, console: Console, feed: ChangeFeed) -> None:
    """Add them."""
    add_inbox(app, console)
    add_referral_page(app, console)
    add_answering(app, console)
    add_live_referral(app, console, feed)
    add_links(app, console)
