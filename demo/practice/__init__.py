"""The tab where a student reads a photo first, and the system's reading is shown afterwards."""
