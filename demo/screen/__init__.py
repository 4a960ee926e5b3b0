"""Many photos at once: a folder in; a table, and a page of thumbnails, out."""
