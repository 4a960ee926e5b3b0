"""Train what stands between the eye and the language model.

    python -m instruct_data build --data ../shared/data --out runs/instruct --seed 0
    python -m assistant.train --stage dialogue --records runs/instruct --data ../shared/data

Stage `projector`: encoder and LLM are frozen; the projector learns to make the LLM say from its
visual tokens alone what a photo shows (the config's `projector` says which kind: plain, or a
fusion with the question). Stage `dialogue`: a low-rank adapter of the LLM and the
projector learn from all kinds of dialogues. Loss on assistant tokens only; both go on from their
checkpoint in --runs. Several GPUs: accelerate launch -m assistant.train ... (torchrun alike).

Stage `feedback`: the adapter in use learns from what readers said (instruct_data feedback), and
the new one serves where it answers a part of the old test no worse (docs/feedback.md).
"""

import json
import logging
import time
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState

import vision.compat  # noqa: F401  before transformers, which imports torchvision
from assistant import adapter
from assistant.base_llm import resolve
from assistant.engine_transformers import best_device_and_dtype
from assistant.fusion import PHRASES_EACH, FusionProjector, load_projector
from assistant.model import WEIGHTS
from assistant.projector import Projector, ProjectorConfig
from assistant.training.config import CONFIGS, StageConfig
from assistant.training.data import Material, material
from assistant.training.loop import Learner, settings_of, train
from vision.captions import disease_phrases, read_experts
from vision.classifier import Classifier
from vision.command import Parser, run
from vision.errors import InputError

from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase  # isort: skip


def load_llm(name: str) -> tuple[PreTrainedTokenizerBase, Any]:
    """Tokenizer and frozen model, in the machine's best dtype."""
    folder = resolve(name)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    _, dtype = best_device_and_dtype()
    llm = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, local_files_only=True)
    return tokenizer, llm.eval().requires_grad_(False)


def learner_of(
    llm: Any,
    projector: Projector,
    config: StageConfig,
    found: Material,
    seed: int,
    trained: Path | None = None,
) -> Learner:
    """The parts of a stage put together, an adapter among them where the stage has one.

    It is a new one, or goes on from the folder `trained`.
    """
    torch.manual_seed(seed)
    weights: dict[str, torch.nn.Parameter] = {}
    if config.lora is not None:
        lora = config.lora
        if trained is None:
            llm = adapter.attach(llm, lora.rank, lora.alpha, lora.first_layer)
        else:
            llm = adapter.loaded(llm, trained)
        weights = {name: p for name, p in llm.named_parameters() if p.requires_grad}
    return Learner(llm, projector, found.tokens, weights, config.projector_lr > 0)


def start_projector(
    llm: Any, classifier: Classifier, source: Path | None, config: StageConfig, data: Path
) -> Projector:
    """A new projector between these two of the config's kind, or the trained one of a folder.

    Raises InputError where the expert phrases that a new fusing one reads are not below `data`.
    """
    embeddings = llm.get_input_embeddings().weight
    if source is not None:
        return load_projector(source, embeddings.shape[1], classifier.sha256)[0]
    size = float(embeddings.float().square().mean().sqrt())
    shape = ProjectorConfig(classifier.model.width, embeddings.shape[1], size)
    if config.projector == "plain":
        return Projector(shape)
    path = data / "text" / "flair_dictionary.json"
    try:
        phrases = disease_phrases(read_experts(path), PHRASES_EACH)
    except (OSError, KeyError, ValueError) as error:
        raise InputError("error.data_missing", path=path) from error
    return FusionProjector.between(shape, classifier, phrases)


def main() -> None:
    """Command line."""
    parser = Parser(prog="python -m assistant.train", description=__doc__)
    parser.add_argument("--stage", choices=("projector", "dialogue", "feedback"), required=True)
    parser.add_argument("--config", type=Path, help="default: assistant/configs/<stage>.json")
    parser.add_argument("--records", type=Path, required=True, help="folder of instruct_data build")
    parser.add_argument("--data", type=Path, help="folder with the photos (feedback: may be left)")
    parser.add_argument(
        "--test", type=Path, default=Path("runs/instruct"), help="feedback: the old test's records"
    )
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="gets projector/ and adapter/")
    parser.add_argument("--llm", default="default")
    parser.add_argument("--start", type=Path, help="trained projector (dialogue: OUT/projector)")
    parser.add_argument("--adapter", type=Path, help="trained adapter to go on from")
    parser.add_argument("--runs", type=Path, help="checkpoint and log; default: runs/<stage>")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", force=True)
    if options.stage == "feedback":
        from assistant.training.feedback_stage import learn  # TRL: needed by this stage alone

        learn(options, load_llm)
        return
    if options.data is None:
        parser.error("the following arguments are required: --data")
    began = time.monotonic()
    config = StageConfig.read(options.config or CONFIGS / f"{options.stage}.json")
    runs = options.runs or Path("runs") / options.stage
    classifier = Classifier.load()
    tokenizer, llm = load_llm(options.llm)
    source = options.start
    if source is None and config.stage == "dialogue":
        source = options.out / "projector"
    torch.manual_seed(options.seed)
    projector = start_projector(llm, classifier, source, config, options.data)
    found = material(options.records, options.data, tokenizer, classifier, config, options.seed)
    learner = learner_of(llm, projector, config, found, options.seed, options.adapter)
    settings = settings_of(config, llm=options.llm, seed=options.seed, encoder=classifier.sha256)
    told = train(learner, found.rows, found.held_out, config, options.seed, runs, settings)
    if not PartialState().is_main_process:  # they all hold the same weights
        return
    facts = {"encoder_sha256": classifier.sha256, "llm": options.llm}
    digests = {"projector": projector.cpu().save(options.out / "projector", dict(facts))}
    if learner.adapter:
        belongs = {**facts, "projector_sha256": digests["projector"]}
        digests["adapter"] = adapter.save(learner.llm, options.out / "adapter", belongs)
    whole = round(time.monotonic() - began)
    print(json.dumps({"weights_sha256": digests, **told, "seconds_with_photos": whole}))


if __name__ == "__main__":
    run(main)
