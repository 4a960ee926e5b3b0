"""Training of what stands between eye and words: records in, projector and adapter out."""
