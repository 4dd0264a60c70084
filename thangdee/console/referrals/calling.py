"""Offices without a login: what may be said on the phone, the numbers, what came of the call, the letter."""
