"""How alike two names sound: an edit distance in which sounds that people mix up cost little."""

from functools import lru_cache

from rapidfuzz.distance import Indel

from thangdee.casework.matching.sound import vowelled

VOWELS = frozenset("aiueEoOMX")
_FAR_APART = 0.5  # share of rough sounds in common under which two names are not looked at in full

# Pairs that are heard, written or read one for the other, and the price of that; a price of 1 is another consonant.
_CONSONANT_PAIRS = (
    ("kK", 0.2), ("cC", 0.12), ("cs", 0.35), ("Cs", 0.15), ("dt", 0.25), ("tT", 0.15), ("dT", 0.45), ("bp", 0.25),
    ("pP", 0.15), ("bP", 0.45), ("Pf", 0.25), ("pf", 0.45), ("bw", 0.35), ("fw", 0.5), ("nl", 0.4), ("nr", 0.5),
    ("lr", 0.06), ("rh", 0.12), ("lh", 0.3), ("Yy", 0.06), ("Yn", 0.3), ("yc", 0.6), ("Yc", 0.7), ("qn", 0.35),
    ("qY", 0.5), ("qk", 0.7), ("mn", 0.45), ("mq", 0.6), ("Kh", 0.4), ("kt", 0.55), ("kp", 0.6), ("tp", 0.6),
    ("ts", 0.6), ("ds", 0.7), ("Ts", 0.7), ("ct", 0.6), ("wu", 0.08), ("wo", 0.3), ("wO", 0.3), ("yi", 0.08),
    ("ye", 0.3), ("yE", 0.35), ("dl", 0.5), ("dn", 0.6), ("fh", 0.6), ("bm", 0.5), ("wm", 0.7), ("hq", 0.6),
    ("sh", 0.7),
)  # fmt: skip
_VOWEL_PAIRS = (
    ("oO", 0.05), ("eE", 0.06), ("uo", 0.22), ("uO", 0.35), ("ie", 0.25), ("iE", 0.4), ("Mu", 0.2), ("MX", 0.12),
    ("Xe", 0.22), ("Xo", 0.3), ("XO", 0.3), ("Xu", 0.3), ("Mi", 0.25), ("Me", 0.3), ("aE", 0.28), ("ae", 0.4),
    ("ao", 0.4), ("aO", 0.4), ("aX", 0.4), ("au", 0.4), ("ai", 0.6),
)  # fmt: skip
_OTHER_CONSONANT, _OTHER_VOWEL, _OTHER_KIND = 1.0, 0.6, 1.0
_LEFT_OUT = {"a": 0.2, "h": 0.3, "r": 0.4, "q": 0.55, "w": 0.5, "y": 0.45, "i": 0.4, "e": 0.4, "n": 0.7}
_LEFT_OUT_VOWEL, _LEFT_OUT_CONSONANT = 0.4, 0.8
_WEIGHT_VOWEL, _WEIGHT_CONSONANT = 0.5, 1.0

_SIGNS = "kKqcCsdtTnbpPfmyYrlwh" + "aiueEoOMX"


def _price(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if (one in VOWELS) != (other in VOWELS):
        return _OTHER_KIND
    return _OTHER_VOWEL if one in VOWELS else _OTHER_CONSONANT


_PRICES = {one: {other: _price(one, other) for other in _SIGNS} for one in _SIGNS}
for _pair, _cost in _CONSONANT_PAIRS + _VOWEL_PAIRS:
    _PRICES[_pair[0]][_pair[1]] = _PRICES[_pair[1]][_pair[0]] = _cost
_OUT = {sign: _LEFT_OUT.get(sign, _LEFT_OUT_VOWEL if sign in VOWELS else _LEFT_OUT_CONSONANT) for sign in _SIGNS}
_WEIGHT = {sign: _WEIGHT_VOWEL if sign in VOWELS else _WEIGHT_CONSONANT for sign in _SIGNS}


def likeness(one: str, other: str) -> float:
    """From 0 to 1, of two sound forms; 1 is the same sound, 0 also for an empty one."""
    if one == other:
        return 1.0 if one else 0.0
    if not one or not other:
        return 0.0
    return _likeness(one, other) if one < other else _likeness(other, one)


@lru_cache(maxsize=1 << 18)
def _likeness(one: str, other: str) -> float:
    if Indel.normalized_similarity(vowelled(one), vowelled(other)) < _FAR_APART:
        return 0.0
    weight = max(_weight(one), _weight(other))
    return max(0.0, 1.0 - distance(one, other) / weight)


@lru_cache(maxsize=1 << 16)
def _weight(sounds: str) -> float:
    return sum(_WEIGHT[sign] for sign in sounds)


def distance(one: str, other: str) -> float:
    """The cheapest way to turn one sound form into the other."""
    row = [0.0]
    for sign in other:
        row.append(row[-1] + _OUT[sign])
    for sign in one:
        prices, out = _PRICES[sign], _OUT[sign]
        left = row[0] + out
        fresh = [left]
        slanted = row[0]
        for above, against in zip(row[1:], other, strict=True):
            best = slanted + prices[against]
            if above + out < best:  # noqa: PLR1730 - twice as fast as min()
                best = above + out
            if left + _OUT[against] < best:  # noqa: PLR1730
                best = left + _OUT[against]
            fresh.append(best)
            left, slanted = best, above
        row = fresh
    return row[-1]
