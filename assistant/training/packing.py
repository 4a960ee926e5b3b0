"""Rows that a training step reads: one long conversation, or several short ones side by side.

Packed conversations do not see each other: positions start anew and attention is block-diagonal,
so a row gives the losses that its conversations give alone, without a padded place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from assistant.training.examples import IGNORE, Example


@dataclass(frozen=True, slots=True)
class Row:
    """Conversations side by side; `kind` is that of all of them."""

    examples: tuple[Example, ...]

    @property
    def kind(self) -> str:
        """What its conversations are; those of visual tokens alone have rows of their own."""
        return self.examples[0].kind

    def __len__(self) -> int:
        return sum(map(len, self.examples))

    @property
    def images(self) -> list[str]:
        """Photo paths in the order of their visual places."""
        return [path for one in self.examples for path in one.images]

    @property
    def questions(self) -> list[str]:
        """For each of these photos the question with which it is seen."""
        return [one.question for one in self.examples for _ in one.images]

    def tensors(self) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        """ids (1, T), labels (1, T), positions (1, T), mask (1, 1, T, T) bool, True where seen.

        The mask is None for one conversation alone: plain causal attention.
        """
        ids = torch.tensor([[i for one in self.examples for i in one.ids]])
        labels = torch.tensor([[i for one in self.examples for i in one.labels]])
        positions = torch.cat([torch.arange(len(one)) for one in self.examples])[None]
        if len(self.examples) == 1:
            return ids, labels, positions, None
        blocks = [torch.ones(len(one), len(one), dtype=torch.bool).tril() for one in self.examples]
        return ids, labels, positions, torch.block_diag(*blocks).bool()[None, None]

    def asked(self) -> list[str]:
        """The intent (M,) of each supervised token, in order."""
        found: list[str] = []
        for one in self.examples:
            turn, inside = -1, False
            for label in one.labels:
                turn += label != IGNORE and not inside
                inside = label != IGNORE
                if inside:
                    found.append(one.intents[turn])
        return found


def pack(examples: Sequence[Example], row_tokens: int) -> list[Row]:
    """Conversations -> rows of at most `row_tokens`, first fit by falling length.

    Visual tokens alone share no row with others: through theirs the projector learns.
    """
    bins: list[list[Example]] = []
    for one in sorted(examples, key=len, reverse=True):
        for row in bins:
            together = (row[0].kind == "tokens") == (one.kind == "tokens")
            if together and sum(map(len, row)) + len(one) <= row_tokens:
                row.append(one)
                break
        else:
            bins.append([one])
    return [Row(tuple(row)) for row in bins]


def token_losses(
    llm: Any, embedded: Tensor, labels: Tensor, positions: Tensor, mask: Tensor | None
) -> Tensor:
    """Cross-entropy (M,) of each supervised token of a row, from embeddings (1, T, D).

    The vocabulary's logits are made for supervised places only: they are 1 in 4.
    """
    hidden = llm.model(
        inputs_embeds=embedded, position_ids=positions, attention_mask=mask, use_cache=False
    ).last_hidden_state
    # a packed conversation begins with a token that nobody predicts: its label is IGNORE
    targets = labels[:, 1:]
    learn = targets != IGNORE
    logits = llm.lm_head(hidden[:, :-1][learn]).float()
    return nn.functional.cross_entropy(logits, targets[learn], reduction="none")
