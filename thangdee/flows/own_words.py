"""What needs no understanding: buttons, digits, commands and words of ours; they work while Rasa is away."""

from thangdee.casework.chats import Chat
from thangdee.casework.consent import Purpose
from thangdee.core.script import fold
from thangdee.flows.incoming import Deed, Incoming

# "How old was she?" is answered by a digit that names no button, too.
AGE_ASKED = "e_age"
HIDE, LEARNING, WITHDRAW, CLOSE_ENQUIRY = "x:hide", "q:research", "u:w", "e:a.w"
_TAKE_BACK = (
    "ຖອນຄືນ", "ຂໍຖອນຄືນ", "ບໍ່ໃຫ້ສົ່ງ", "ຢ່າສົ່ງ", "ບໍ່ໃຫ້ບອກ", "ຢ່າບອກໃຜ",
    "ถอนคืน", "ขอถอนคืน", "ไม่ให้ส่ง", "อย่าส่ง", "ไม่ให้บอก", "อย่าบอกใคร",
    "take back", "take it back", "withdraw", "stop sending", "don't send", "do not send", "tell nobody",
)  # fmt: skip
# Words that work from every state, Rasa away included; the texts tell people about them.
_OWN_WORDS = {
    fold(word): data
    for data, words in {
        HIDE: ("ຊ່ອນ", "ເຊື່ອງ", "ซ่อน", "hide"),
        "i:delete_my_data": ("ລຶບ", "ลบ", "delete"),
        "i:change_language": ("ພາສາ", "ภาษา", "language"),
        "m:root": ("ເມນູ", "เมนู", "menu"),
        LEARNING: ("ໃຫ້ຮຽນຮູ້", "ให้เรียนรู้", "allow learning"),
        "f:e:": ("ອື່ນໆ", "ອື່ນ", "อื่นๆ", "อื่น ๆ", "อื่น", "other"),
        "n:research": ("ບໍ່ໃຫ້ຮຽນຮູ້", "ไม่ให้เรียนรู้", "stop learning"),
        WITHDRAW: _TAKE_BACK,
    }.items()
    for word in words
}
_COMMANDS = {
    "/start": "s:",
    "/menu": "m:root",
    "/help": "m:root",
    "/hide": HIDE,
    "/delete": "i:delete_my_data",
    "/language": "i:change_language",
    "/sos": "c:danger_now",
}


# A language, taking a yes back and closing an enquiry (R4) work whoever holds the chat.
_ALWAYS = ("l:", WITHDRAW, CLOSE_ENQUIRY)
_OWN_CONTROL = frozenset(
    {"i:delete_my_data", "y:delete", "n:delete", "i:change_language", LEARNING}
    | {f"{answer}:{purpose}" for answer in "yn" for purpose in Purpose}
)


def data_of(incoming: Incoming, chat: Chat) -> str | None:
    """Return the button's data if this was a press, a typed digit, a command or a word of ours."""
    if incoming.deed is Deed.PRESS:
        return incoming.text
    if incoming.deed is not Deed.TEXT:
        return None
    text = fold(incoming.text)
    command = text.split("@")[0].split(" ")[0]
    if command in _COMMANDS:
        return _COMMANDS[command]
    if len(text) == 1 and text.isdecimal():
        is_age = chat.session.asked == AGE_ASKED and int(text) > len(chat.session.screen)
        return None if is_age else _data_of_digit(int(text), chat)
    return _OWN_WORDS.get(text)


def _data_of_digit(digit: int, chat: Chat) -> str:
    """Return the button with this number; for one that is not on the screen, the menu or the phrasebook."""
    screen = chat.session.screen
    if 1 <= digit <= len(screen):
        return screen[digit - 1]
    return "h:menu" if chat.session.hidden else "m:root"


def is_own_control(incoming: Incoming, chat: Chat) -> bool:
    """Tell whether this is about the person's own data, language or phone: that works while staff talk, too.

    A typed digit is none: it may be an answer to what a staff member asked.
    """
    data = data_of(incoming, chat)
    is_digit = incoming.deed is Deed.TEXT and len(incoming.text.strip()) == 1
    return data is not None and not is_digit and (data in _OWN_CONTROL or data.startswith(_ALWAYS))
