"""The Rasa project: what people mean, and which answer or step comes next."""

from nlu import settings, slim

settings.apply()
slim.install()
