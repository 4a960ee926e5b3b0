"""What each process of test_training_together runs: python tests/assistant/train_together.py DIR"""

import sys
from pathlib import Path

from accelerate import Accelerator

from tests.assistant.test_training import a_learner, run
from vision.weights import save_folder

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    learner = a_learner()
    run(folder, 6, learner)
    if Accelerator().is_main_process:
        states = learner.states()
        parts = {f"{part}.{n}": t for part, state in states.items() for n, t in state.items()}
        config = {"preprocess": {}, "processes": Accelerator().num_processes}
        save_folder(folder / "weights", config, parts)
