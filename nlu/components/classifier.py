"""The understanding of a message as a part of Rasa's pipeline."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.dense import RememberedVectors, SentenceVectors
from nlu.components.model import IntentModel
from nlu.settings import CACHE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentReader(GraphComponent):
    """Gives each message an intent, an honest confidence and a ranking (``ranking_length`` long)."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Length of the ranking in the parse result."""
        return {"ranking_length": 10}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: IntentModel | None = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._vectors = SentenceVectors()
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "IntentReader":
        """Make an untrained one, as Rasa asks."""
        del execution_context
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: object,
    ) -> "IntentReader":
        """Make the one that ``train`` stored, and warm it up: the first person must not wait longer."""
        del execution_context
        with model_storage.read_from(resource) as folder:
            reader = cls(config, model_storage, resource, IntentModel.load(folder))
        reader.process([Message.build("ສະບາຍດີ สวัสดี hello")])
        return reader

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that have an intent."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and not m.get(TEXT).startswith("/")]
        texts = [m.get(TEXT) for m in examples]
        remembered = RememberedVectors(CACHE / "example_vectors.npz")
        self._model = IntentModel.fit(texts, [m.get(INTENT) for m in examples], remembered)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking. A text that starts with '/' is a payload, read by Rasa itself."""
        for message in messages:
            text = message.get(TEXT) or ""
            if self._model is not None and not text.startswith("/"):
                self._read(self._model, message, text)
        return messages

    def _read(self, model: IntentModel, message: Message, text: str) -> None:
        chances = model.probabilities(text, self._vectors)
        best_first = chances.argsort()[::-1][: self._config["ranking_length"]]
        ranking = [{"name": model.intents[i], "confidence": float(chances[i])} for i in best_first]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
