"""Web pages of staff, providers and shelters."""
