"""The conversation: one turn, triage, answers, menus, the way to Rasa and back."""
