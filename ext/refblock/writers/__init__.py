"""Handlers for our nodes, one module a format; they add tags, never words."""
