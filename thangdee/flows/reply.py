"""What the bot answers: message keys, parameters and buttons, rendered at the edge."""

from dataclasses import dataclass, field
from typing import Any

LANGUAGES = ("lo", "th", "en")
MOST_BUTTONS = 4


@dataclass(frozen=True)
class Part:
    """One paragraph: a key of the catalogue and its parameters; `language` overrides the reply's."""

    key: str
    values: dict[str, str] = field(default_factory=dict)
    language: str | None = None


@dataclass(frozen=True)
class Button:
    """A choice: `label` is a key of the catalogue, `values` its parameters, `data` what comes back when it is pressed.

    Data is `i:<intent>`, `m:<menu node>`, `l:<language>`, `y:<question>`, `n:<question>`, `q:<question>`,
    `c:<kind of crisis>`, `h:<phrasebook page>`, `f:<step of help_near.py>`, `r:`, `u:`, `k:`, `j:`, `e:` with a step
    of referral_form.py, matter_after.py, complaints.py, court.py, enquiry_form.py, `x:hide`; at most 64 bytes.
    """

    label: str
    data: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """One message. `sensitive` ones are protected from forwarding; all are swept from the phone but what `stays`.

    What stays says nothing to anybody but her; it goes when she hides.
    """

    parts: tuple[Part, ...]
    buttons: tuple[Button, ...] = ()
    sensitive: bool = True
    stays: bool = False

    def to_json(self, language: str) -> dict[str, Any]:
        """Return what the outbox keeps."""
        return {
            "language": language,
            "parts": [[part.key, part.values, part.language] for part in self.parts],
            "buttons": [[button.label, button.data, button.values] for button in self.buttons],
            "sensitive": self.sensitive,
            "stays": self.stays,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Reply":
        """Read a reply back from the outbox."""
        parts = tuple(Part(key, values, language) for key, values, language in stored["parts"])
        buttons = tuple(Button(*button) for button in stored["buttons"])
        return cls(parts, buttons, stored["sensitive"], stored.get("stays", False))


def say(*keys: str, buttons: tuple[Button, ...] = (), **values: str) -> Reply:
    """Return a reply of these keys, all with the same parameters."""
    return Reply(tuple(Part(key, values) for key in keys), buttons)
