"""Pixels in, lesion masks and measurements out; knows no prompts and no screens."""
