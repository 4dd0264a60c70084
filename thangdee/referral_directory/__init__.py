"""Organisations, services, places and dated figures."""
