"""Rasa's parts that are ours: reading a message, and keeping conversations without words."""
