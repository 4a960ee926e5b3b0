"""Commands that measure: each prints a table or one JSON object, on this machine."""
