"""People's matters: chats, consent, alerts, erasure; one module per matter."""
