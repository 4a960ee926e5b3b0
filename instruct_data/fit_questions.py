"""Train the encoder of questions (assistant.question_encoder) on instruct_data.intents' wordings.

The vectors of words are the base language model's own and stay as they are; what is learned is how
they are read.
"""

import logging
import re
from collections.abc import Sequence

import numpy as np
import torch
from safetensors import safe_open
from tokenizers import Tokenizer
from torch import Tensor, nn

from assistant.base_llm import resolve
from assistant.question_encoder import WIDTH, Reader, as_state, padded, read_pieces

_LOG = logging.getLogger(__name__)
_PIECE = re.compile(r" ?[a-z]+|[0-9]+|[ '.,?!;:%/()-]+|[\u4e00-\u9fff]+")
_BATCH, _PEAK_LR, _DECAY = 96, 1e-3, 0.05
_DROPPED = 0.1  # share of the pieces that are left out while learning
_SMOOTHED = 0.1
_FLAG = 0.5  # weight of emergencies against everything else beside the intents


def word_vectors() -> tuple[list[str], Tensor]:
    """The base model's tokens of both languages' lower-case words, and their vectors (V, D)."""
    folder = resolve()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    with safe_open(folder / "model.safetensors", "pt") as stream:
        every = stream.get_tensor("model.embed_tokens.weight")
    chosen: dict[str, int] = {}
    for place in range(tokenizer.get_vocab_size()):
        piece = tokenizer.decode([place])
        if _PIECE.fullmatch(piece):
            chosen.setdefault(piece, place)
    return list(chosen), every[list(chosen.values())].float()


def fit_encoder(
    texts: Sequence[str],
    intents: Sequence[int],
    flags: Sequence[bool],
    flag_weights: Sequence[float],
    classes: int,
    epochs: int,
    seed: int,
) -> dict[str, Tensor]:
    """Texts (n) with intents 0..classes-1 (-1: none) and emergencies (n) -> an encoder's tensors.

    The last logit is that of emergencies, each weighted. Rare intents are drawn more often.
    """
    torch.manual_seed(seed)
    drawn = torch.Generator().manual_seed(seed)
    pieces, vectors = word_vectors()
    vectors = vectors / vectors.square().mean().sqrt()
    places = {piece: place for place, piece in enumerate(pieces)}
    read = [read_pieces(text, places) for text in texts]
    front = nn.Sequential(nn.LayerNorm(vectors.shape[1]), nn.Linear(vectors.shape[1], WIDTH))
    reader = Reader(classes + 1)
    learned = [*front.parameters(), *reader.parameters()]
    steps = epochs * (len(texts) // _BATCH)
    optimizer = torch.optim.AdamW(learned, _PEAK_LR, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _PEAK_LR, total_steps=steps, pct_start=0.1
    )
    wanted, urgent = torch.tensor(intents), torch.tensor(flags, dtype=torch.float)
    weights = torch.tensor(flag_weights)
    counts = torch.bincount(wanted + 1, minlength=classes + 1).clamp_min(1)
    often = counts[wanted + 1].rsqrt()
    for step in range(steps):
        chosen = torch.multinomial(often, _BATCH, generator=drawn)
        ids, real = padded([read[i] for i in chosen.tolist()])
        kept = real & (torch.rand(real.shape, generator=drawn) >= _DROPPED)
        kept[:, 0] |= ~kept.any(1)
        logits = reader(front(vectors[ids]), kept)
        loss = nn.functional.cross_entropy(
            logits[:, :-1], wanted[chosen], ignore_index=-1, label_smoothing=_SMOOTHED
        ) + _FLAG * nn.functional.binary_cross_entropy_with_logits(
            logits[:, -1], urgent[chosen], weights[chosen]
        )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            _LOG.info("step %d of %d, loss %.3f", step, steps, loss.item())
    with torch.inference_mode():
        table = torch.cat([front(rows) for rows in vectors.split(4096)])
    return as_state(pieces, table, reader.eval())


def weights_of(flags: Sequence[bool], calm: Sequence[bool], calm_weight: float) -> list[float]:
    """Weights of emergencies and of the rest, either half of all, calm neighbours counting more."""
    found = np.where(flags, 0.5 / np.mean(flags), 0.5 / (1 - np.mean(flags)))
    found[np.asarray(calm)] *= calm_weight
    return [float(value) for value in found]
