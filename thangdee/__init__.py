"""Thangdee: a Telegram hotline for safe migration between Laos and Thailand."""
