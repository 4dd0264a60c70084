"""What staff do with enquiries and what shelters entrust to us: the console's alone; no chat process reads it (R12)."""
