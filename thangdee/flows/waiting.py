"""Forms that wait while something else is answered: whoever was sending a matter or an enquiry hears that it waits."""

from thangdee.casework.chats import Session
from thangdee.flows import asking, enquiry_form, referral_form
from thangdee.flows.outward import Outward

_SAYS = {
    referral_form.LETTER: referral_form.to_go_on,
    enquiry_form.LETTER: enquiry_form.to_go_on,
}


def form_behind(session: Session) -> str | None:
    """Return the form that waits behind the open question, None where there is none."""
    form = asking.form_of(session)
    return None if form == enquiry_form.LETTER and not enquiry_form.waits(session) else form


async def say_what_waits(outward: Outward, form: str | None) -> None:
    """Say that this form waits, once no question is open."""
    says = _SAYS.get(form or "")
    if says is not None and outward.chat.session.asked == "none":
        await outward.say(says())
