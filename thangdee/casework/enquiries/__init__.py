"""A family's enquiry about a relative: what they gave, which the chat may write. Nothing of what came of it (R12)."""
