"""The Rasa project: what people mean, and which answer or step comes next."""
