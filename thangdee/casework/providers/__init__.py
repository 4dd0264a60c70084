"""Receivers: their people, the ways to reach them, the links they open."""
