import pytest
from tests.hotline import Hotline
from thangdee.bot.simulator import Phone

async def go(h, phone, act):
    from datetime import timedelta; h.clock.advance(timedelta(seconds=5))
    kind, _, val = act.partition("|")
    print(f"\n>>> {act}")
    if kind=="say": fresh = await h.say(phone, val)
    elif kind=="press":
        last=h.fake.sent_to(phone)[-1]
        btns=[b for row in last.buttons for b in row]
        hit=[b for b in btns if val in b.label] or [b for b in btns if val in str(b.data)]
        if not hit: raise AssertionError((val,[ (b.label,b.data) for b in btns]))
        fresh = await h.press(phone, hit[0].data)
    elif kind=="data": fresh = await h.press(phone, val)
    elif kind=="voice": fresh = await h.after(phone.voice(3), phone)
    elif kind=="loc": fresh = await h.after(phone.location(16.57,104.76), phone)
    for s in fresh:
        print("   ", s.text.replace("\n","\n    "))
        for row in s.buttons:
            for b in row: print("      [", b.label, "]", b.data)
        print("    --")

async def test_talk(blind_hotline: Hotline):
    import os
    h=blind_hotline
    await h.installation.refresh_directory()
    phone=h.phone()
    await h.choose(phone, os.environ.get("L","lo"), keep=None)
    for line in open(os.environ["TALK"]):
        line=line.strip()
        if line and not line.startswith("#"): await go(h, phone, line)
    for a in await h.alerts(): print("ALERT", a.urgency, a.reason)
