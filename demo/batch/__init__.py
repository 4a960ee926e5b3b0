"""The tab of many photos: uploaded together, read one after another, and shown as a table."""
