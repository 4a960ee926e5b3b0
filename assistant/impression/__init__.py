"""A written report in, its impression out: read, judged by named criteria, worded, checked."""
