"""What a question means, as logits: a small transformer over a language model's word vectors.

Words that no training question used still lie near their like, as their vectors are those that the
language model learned from the web. Fitted by `python -m instruct_data intents`.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

LONGEST = 48  # pieces; the last ones of a longer question
WIDTH, HEADS, LAYERS = 256, 4, 2
_MOST = 16  # characters of the longest piece


def read_pieces(text: str, places: Mapping[str, int]) -> list[int]:
    """Text as places of pieces, the longest that fits first; what no piece begins is left out."""
    found, at, text = [], 0, f" {text}"
    while at < len(text):
        for length in range(min(_MOST, len(text) - at), 0, -1):
            place = places.get(text[at : at + length])
            if place is not None:
                found.append(place)
                at += length
                break
        else:
            at += 1
    return found[-LONGEST:]


def padded(questions: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Places of B questions -> places (B, T) padded with 0, and which are real (B, T) bool."""
    longest = max(1, *map(len, questions))
    places = torch.zeros(len(questions), longest, dtype=torch.long)
    real = torch.zeros(len(questions), longest, dtype=torch.bool)
    for row, question in enumerate(questions):
        places[row, : len(question)] = torch.tensor(question, dtype=torch.long)
        real[row, : max(1, len(question))] = True
    return places, real


class Reader(nn.Module):
    """Vectors of pieces (B, T, WIDTH), real (B, T) -> logits (B, K)."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.position = nn.Parameter(torch.randn(LONGEST, WIDTH) * 0.02)
        layer = nn.TransformerEncoderLayer(
            WIDTH, HEADS, 4 * WIDTH, 0.1, "gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.head = nn.Sequential(
            nn.LayerNorm(2 * WIDTH), nn.Dropout(0.3), nn.Linear(2 * WIDTH, classes)
        )

    def forward(self, vectors: Tensor, real: Tensor) -> Tensor:
        """Logits (B, K)."""
        seen = self.layers(vectors + self.position[: vectors.shape[1]], src_key_padding_mask=~real)
        kept = real[..., None]
        mean = (seen * kept).sum(1) / kept.sum(1)
        peak = seen.masked_fill(~kept, -1e4).amax(1)
        logits: Tensor = self.head(torch.cat([mean, peak], -1))
        return logits


class QuestionEncoder:
    """A fitted reader with the vectors of its pieces, 8 bits a number."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        """From the tensors of `as_state`; raises KeyError or RuntimeError where they are others."""
        pieces = state["pieces"].numpy().tobytes().decode("utf-8").split("\n")
        self.places = {piece: place for place, piece in enumerate(pieces)}
        self.table, self.scale = state["table"], state["scale"].float()
        weights = {
            k.removeprefix("reader."): v for k, v in state.items() if k.startswith("reader.")
        }
        self.reader = Reader(len(weights["head.2.bias"]))
        self.reader.load_state_dict(weights)
        self.reader.eval()

    @torch.inference_mode()
    def logits(self, texts: Sequence[str]) -> Tensor:
        """Texts as searched (assistant.lexicon.normalise) -> logits (B, K)."""
        places, real = padded([read_pieces(text, self.places) for text in texts])
        vectors = self.table[places].float() * self.scale[places][..., None]
        found: Tensor = self.reader(vectors, real)
        return found


def as_state(pieces: Sequence[str], vectors: Tensor, reader: Reader) -> dict[str, Tensor]:
    """Pieces, their vectors (V, WIDTH) and the reader as tensors of one file."""
    scale = vectors.abs().amax(1).clamp_min(1e-6) / 127
    table = (vectors / scale[:, None]).round().to(torch.int8)
    text = "\n".join(pieces).encode("utf-8")
    weights = {f"reader.{name}": tensor for name, tensor in reader.state_dict().items()}
    return {
        "pieces": torch.frombuffer(bytearray(text), dtype=torch.uint8), "table": table,
        "scale": scale, **weights,
    }  # fmt: skip
