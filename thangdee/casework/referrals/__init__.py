"""Referrals: a matter goes, with a yes for each field and receiver, to who can help, and an answer comes back."""
