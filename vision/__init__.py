"""Pixels in, diagnosis and visual tokens out; knows no prompts, no lesions, no screens."""
