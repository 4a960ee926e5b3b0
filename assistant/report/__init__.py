"""One visit as a report: a value built from what was found, written as HTML or PDF."""
