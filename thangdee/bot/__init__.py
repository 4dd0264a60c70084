"""Telegram: receive, render, deliver; the phone simulator that the demo and tests use."""
