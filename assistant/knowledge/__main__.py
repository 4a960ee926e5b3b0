"""`python -m assistant.knowledge`: check the passages."""

from assistant.knowledge.check import main
from vision.command import run

if __name__ == "__main__":
    run(main)
