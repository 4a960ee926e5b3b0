"""`python -m assistant`: analyze, report, impression, ask, chat, models."""

from assistant.cli import main
from vision.command import run

if __name__ == "__main__":
    run(main)
