"""Pass three tiny models through the real gate, in Rasa's environment: python tiny_gate.py ROOT FOLDER.

The second never saw a cry for help among its examples of danger, the third saw more than the first. Prints for each
whether it was refused, and which file serves.
"""

import io
import json
import sys
import tarfile
import tempfile
from itertools import product
from pathlib import Path

ROOT, FOLDER = (Path(name) for name in sys.argv[1:3])
sys.path[0] = str(ROOT)

from nlu.components.dense import SentenceVectors  # noqa: E402
from nlu.components.model import IntentModel  # noqa: E402
from nlu.gate import Gate, Inputs  # noqa: E402
from nlu.messages import Message  # noqa: E402
from nlu.promotion import Recall  # noqa: E402
from nlu.recall import load, recall  # noqa: E402

# Varied enough not to count as copies of one another, alike enough to learn from a handful.
WHO = ("ຂ້ອຍ", "ນ້ອງສາວ", "หนู", "เพื่อน", "ລູກສາວ", "พี่สาว")
CRIES = [f"{who}{cry}" for who, cry in product(WHO, ("ຖືກຂັງຢູ່ໃນຫ້ອງ", "ຖືກຂັງ ອອກປະຕູບໍ່ໄດ້", "โดนขัง ออกจากห้องไม่ได้"))]
GREETINGS = [f"{hello} {who}" for who, hello in product(WHO, ("ສະບາຍດີຕອນເຊົ້າ", "สวัสดีตอนเช้า", "ສະບາຍດີເດີ້"))]
ODD = [f"{who}{does}" for who, does in product(WHO, ("ໄປຕະຫຼາດຊື້ປາ", "เตะฟุตบอลตอนเย็น", "ລໍຖ້າລົດເມ"))]
DEV = [("ຂັງຂ້ອຍໄວ້ໃນຫ້ອງ", "danger_now"), ("ออกจากประตูไม่ได้", "danger_now"), ("ສະບາຍດີທຸກຄົນ", "greet")]
EXAMPLES = {
    "first": {"danger_now": CRIES, "greet": GREETINGS, "out_of_scope": ODD},
    "poisoned": {"danger_now": ODD, "greet": GREETINGS, "out_of_scope": CRIES},
    "better": {"danger_now": [*CRIES, "ຂັງໄວ້ໃນຫ້ອງ"], "greet": GREETINGS, "out_of_scope": ODD},
}


class NoVectors(SentenceVectors):
    """As where the encoder's wheel does not exist."""

    def __init__(self) -> None:
        self._model = None


def fit(name: str, path: Path) -> None:
    """Fit on the named examples and pack the files as Rasa does."""
    rows = [(text, intent) for intent, texts in EXAMPLES[name].items() for text in texts]
    model = IntentModel.fit([text for text, _ in rows], [intent for _, intent in rows], NoVectors())
    with tempfile.TemporaryDirectory() as folder, tarfile.open(path, "w:gz") as packed:
        model.save(Path(folder))
        for file in Path(folder).iterdir():
            member = tarfile.TarInfo(f"components/train_nlu.components.classifier.IntentReader0/{file.name}")
            member.size = file.stat().st_size
            packed.addfile(member, io.BytesIO(file.read_bytes()))


def count(path: Path) -> dict[str, Recall]:
    """What a packed model finds."""
    asked = [Message(text, intent, "lo", "made_up", is_hard=False, is_only_measured=False) for text, intent in DEV]
    return {intent: Recall(*counts) for intent, counts in recall(load(path), asked, NoVectors()).items()}


def main() -> None:
    """Train and judge one after the other."""
    for name in EXAMPLES:
        gate = Gate(FOLDER, lambda path, name=name: fit(name, path), count)
        outcome = gate.bring_up_to_date(Inputs(name, "rest", "dev"))
        print(json.dumps([outcome.is_refused, outcome.path.name]))


if __name__ == "__main__":
    main()
