"""How a Thai name sounds: silent letters, unwritten vowels and double letters are heard as they are spoken."""

import re

_CONSONANTS = "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ"
_POST = "ะัาิีึืุูำ็"
_TONES = re.compile(r"[\u0e48-\u0e4b\u0e4d\u0e4eฯๆ]")
_SILENCED = re.compile(rf"[{_CONSONANTS}]?[{_CONSONANTS}][ิุ]?์")

_SOUND_OF = (("กขฃคฅฆ", "kKKKKK"), ("งจฉชซฌญ", "qcCCsCY"), ("ฎฏฐฑฒณ", "dtTTTn"), ("ดตถทธน", "dtTTTn"))
_ONSET = {letter: sound for letters, sounds in _SOUND_OF for letter, sound in zip(letters, sounds, strict=True)} | dict(
    zip("บปผฝพฟภมยรลวศษสหฬฮ", "bpPfPfPmyrlwssshlh", strict=True)
)
_ONSET["อ"] = ""
_CODA = {
    **dict.fromkeys("กขคฆ", "k"), "ง": "q", **dict.fromkeys("จชซดตถทธศษสฎฏฐฑฒ", "t"), **dict.fromkeys("นณญรลฬ", "n"),
    **dict.fromkeys("บปพภฟผ", "p"), "ม": "m", "ว": "w", "ย": "y",
}  # fmt: skip

# Spellings that follow no rule, or one of their own: written here as they are spoken.
_AS_SPOKEN = tuple(
    (re.compile(pattern), spoken)
    for pattern, spoken in (
        (r"(?<=.)(?=[วพ]ง[ศษ]์)", "|"),
        (r"ทฤ", "ทิ"),
        (r"ฤทธิ์?", "ริด"),
        (r"ฤ", "ริ"),
        (r"^ทร(?=[าัีิ]|ง|วง)", "ซ"),
        (r"(?<=[ก-ฮะาิีุู])ทราย", "ซาย"),
        (r"[ศส]ร(?=[ีิ้้่าเแโ]|อย|ะ)", "ส"),
        (r"จริง", "จิง"),
        (r"พรหม", "พม"),
        (r"ไชย|ไชยะ(?=$)", "ไช"),
        (r"ไทย", "ไท"),
        (r"เกียรติ?", "เกียด"),
        (r"เจริญ", "จะเริน"),
        (r"เ([สฉจถข])([งนมลรวด])(?=ีย|ือ|ิ|อ|ย)", r"\1ะเ\2"),
        (r"พรม", "พม"),
        (r"รรม", "ัม"),
        (r"(?<=[าัุิี])([สศษ])(?=[มนบด][ะัาิีึืุู])", "ดสะ"),
        (r"(?<=ั)ฒ(?=นา)", "ดทะ"),
        (r"(?<=ั)ต(?=น)", "ตะ"),
        (r"(?<=รา)ช(?=[ก-ฮเแโไ])", "ดชะ"),
        (r"สวร(?:รค|รณ|ร$)", "สะวัน"),
        (r"นคร", "นะคอน"),
        (r"บริ", "บอริ"),
        (r"เพ็?ชร", "เพ็ด"),
        (r"(?<=[ก-ฮะาิีุู])สร$", "สอน"),
        (r"รรณ|รรค|รร(?![ก-ฮ])|รร(?=[ก-ฮ][ะาิีุูัเแโไ])", "ัน"),
        (r"รร(?=[ก-ฮ])", "ั"),
        (r"(า|ั|เ[ก-ฮ])ต[ิุ]$", r"\1ต"),
        (r"ู่?ห์$", "ู"),
        (r"ุตร$", "ุด"),
        (r"ักร$", "ัก"),
        (r"(?<=[ัิุีา])([กตทชด])ร$", r"\1"),
        (r"(?<=[ุิีาู])ตร(?![ะัาิีึืุู])|(?<=เ[ก-ฮ])ตร", "ต"),
    )
)

_BEFORE_SILENCED = 4

_C = (
    rf"(?P<c>ห[งญนมยรลว](?=[{_POST}อวก-ฮ])|อย(?=[{_POST}])|[กขคสทซ]ว(?=[ะัาิี])"
    rf"|[กขคปพผตทบฟ][รล](?=[{_POST}]|อ|ว)|[{_CONSONANTS}])"
)
_PRE = rf"(?P<c>ห[งญนมยรลว]|[กขคปพผตท][รล](?=[{_POST}]|[{''.join(_CODA)}](?![{_POST}])|$)|[{_CONSONANTS}])"
_NEW = f"[{''.join(_CODA)}](?![{_POST}]|อ(?![{_POST}])|ว[{''.join(_CODA)}](?![{_POST}])|(?<=[กขคส])ว[ะัาิี])"
_F = f"(?P<f>{_NEW})"
# After an open vowel two bare letters are a syllable of their own: สุภา-พร, อุ-ดม, วิ-มล.
_G = f"(?P<f>(?!(?:[ก-ฮ][รล]|[สดพ]ม)(?![{_POST}])|[ก-ฮ][กงดบนพม]$){_NEW})"
_Q = f"(?P<c>ห[งญนมยรลว]|[กขคปพผตท][รล](?![{_POST}])|[{_CONSONANTS}])"
_OF = {"P": _PRE, "Q": _Q, "C": _C, "F": _F, "G": _G, "R": "(?P<f>ร)"}
_SYLLABLES = tuple(
    (re.compile(re.sub("[PQCFGR]", lambda one: _OF[one.group()], pattern)), vowel)
    for pattern, vowel in (
        ("เP[ึื]อF?", "Ma"),
        ("เP[ีิ]ยF?", "ia"),
        ("เPาะ", "O"),
        ("เPา", "aw"),
        ("เPิF?", "X"),
        ("เPย(?![ะัาิีึืุูำ])", "Xy"),
        ("เPอF?", "X"),
        ("เP็?ะ?G?", "e"),
        ("แQ็?ะ?G?", "E"),
        ("โQะ?G?", "o"),
        ("[ไใ]Q(?:ย(?![ะัาิีึืุูำ]))?", "ay"),
        ("Cัวะ?", "ua"),
        ("CัF?", "a"),
        ("Cะ", "a"),
        ("CาG?", "a"),
        ("Cำ", "am"),
        ("C[ิี]G?", "i"),
        ("C[ึื]อ?G?", "M"),
        ("C[ุู]G?", "u"),
        ("CวF", "ua"),
        ("C็?อF?", "O"),
        ("C(?=[ก-ฮ][ก-ฮ](?![ก-ฮะัาิีึืุูำ็]))", "a"),
        ("CR(?![ะัาิีึืุูำ็])", "O"),
        ("CF", "o"),
        ("C", "a"),
    )
)


def thai_sound(text: str) -> str:
    """The sounds of one Thai name, already folded (core.script.fold)."""
    text = _TONES.sub("", text)
    for pattern, spoken in _AS_SPOKEN[:_BEFORE_SILENCED]:
        text = pattern.sub(spoken, text)
    text = _SILENCED.sub(_last_heard, text)
    for pattern, spoken in _AS_SPOKEN[_BEFORE_SILENCED:]:
        text = pattern.sub(spoken, text)
    sounds, at, is_closed = "", 0, False
    while at < len(text):
        start = at
        syllable, at, ends_closed = _syllable(text, at)
        if not (is_closed and at == len(text) == start + 1):  # a letter left over after จันท is silent
            sounds += syllable
        is_closed = ends_closed
    return sounds


def _last_heard(match: re.Match[str]) -> str:
    """Of จันทร์ the ท falls silent with the ร; of บูรณ์ and พงษ์ what stands before the silent letter is heard."""
    letters = match.group().rstrip("์").rstrip("ิุ")
    is_pair = len(letters) == 2 and (letters in _SILENT_PAIRS)
    return "" if is_pair or len(letters) == 1 else letters[0]


_SILENT_PAIRS = frozenset(("ทร", "ตร", "ษณ", "ดร", "กร", "ชร", "สต"))


def _syllable(text: str, at: int) -> tuple[str, int, bool]:
    """Read one syllable: its sounds, where the next begins, and whether it ends with a consonant."""
    for pattern, vowel in _SYLLABLES:
        if match := pattern.match(text, at):
            found = match.groupdict()
            coda = _CODA.get(found.get("f") or "", "")
            return _onset(found["c"]) + vowel + coda, match.end(), bool(coda)
    return "", at + 1, False


def _onset(letters: str) -> str:
    if len(letters) > 1 and letters[0] in "หอ":
        letters = letters[1:]
    if len(letters) > 1 and letters[1] == "ว":
        return _ONSET[letters[0]] + "w"
    return _ONSET[letters[0]]
