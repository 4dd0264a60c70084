"""Years, dates and ages as people write them, in two eras."""

from bench.examiner.writers import Era

_THAI_MONTHS = {
    "ม.ค.": "มกราคม",
    "ก.พ.": "กุมภาพันธ์",
    "มี.ค.": "มีนาคม",
    "เม.ย.": "เมษายน",
    "พ.ค.": "พฤษภาคม",
    "มิ.ย.": "มิถุนายน",
    "ก.ค.": "กรกฎาคม",
    "ส.ค.": "สิงหาคม",
    "ก.ย.": "กันยายน",
    "ต.ค.": "ตุลาคม",
    "พ.ย.": "พฤศจิกายน",
    "ธ.ค.": "ธันวาคม",
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_BUDDHIST = 543  # years the Buddhist era is ahead
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def written_year(year: int, era: Era) -> str:
    """A year of the common era, written in this one."""
    if era == "BE":
        return str(year + _BUDDHIST)
    if era == "CE":
        return str(year)
    return f"{(year + _BUDDHIST if era == 'BE2' else year) % 100:02d}"


def other(era: Era) -> Era:
    """The era somebody falls into by mistake."""
    wrong: dict[Era, Era] = {"BE": "CE", "CE": "BE", "BE2": "BE", "CE2": "CE"}
    return wrong[era]


def written_date(form: str, year: int, month: int, day: int) -> str:
    """A date in one of nine forms; `th_double`: the era added twice by some sheet, on every seventh day."""
    short, long = list(_THAI_MONTHS.items())[month - 1]
    buddhist = year + _BUDDHIST
    forms = {
        "iso": f"{year}-{month:02d}-{day:02d}",
        "dmy": f"{day:02d}/{month:02d}/{year}",
        "mon": f"{day}-{_MONTHS[month - 1]}-{year % 100:02d}",
        "th_slash": f"{day}/{month}/{buddhist}",
        "th_slash2": f"{day}/{month}/{buddhist % 100}",
        "th_short": f"{day} {short} {buddhist % 100}",
        "th_long": f"{day} {long} {buddhist}",
        "th_month": f"{short} {buddhist}",
        "th_double": f"{day}/{month}/{buddhist + (0 if day % 7 else _BUDDHIST)}",
    }
    return forms[form]
