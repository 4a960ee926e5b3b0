"""Findings and visual tokens in, grounded multi-turn text out."""
