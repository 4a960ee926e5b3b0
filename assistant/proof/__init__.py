"""The proof of the dialogue: six systems asked the same, measured by claims and by no judge model.

`questions_*.jsonl` and `knowledge_test.jsonl` were written without sight of the training forms.
"""
