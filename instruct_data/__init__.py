"""Labels in, dialogues (JSONL) out; nothing imports this: the file is the interface."""
