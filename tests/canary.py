"""Words that nobody may ever find where they should not be."""

import json
from pathlib import Path

LAO, LATIN, NUMBER = "ກາກບາດລັບສຸດ", "zanzibarcanary", "7717713"
WORDS = f"{LAO} {LATIN} {NUMBER}"


def found(content: bytes, *more: str) -> list[str]:
    """Which canary words are in there, as UTF-8, as JSON escapes or as UTF-16."""
    return [word for word in (LAO, LATIN, NUMBER, *more) if any(form in content for form in _forms(word))]


def found_in(folder: Path, *more: str) -> dict[str, list[str]]:
    """Files below the folder that hold a canary word, and which."""
    hits = {path.name: found(path.read_bytes(), *more) for path in files(folder)}
    return {name: words for name, words in hits.items() if words}


def files(folder: Path) -> list[Path]:
    """All files below the folder."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _forms(word: str) -> tuple[bytes, ...]:
    escaped = json.dumps(word).strip('"')
    return (
        word.encode(),
        escaped.encode(),
        escaped.upper().encode(),
        word.encode("utf-16-le"),
        repr(word.encode())[2:-1].encode(),
    )
