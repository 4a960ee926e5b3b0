"""Learning from preferences (DPO, Rafailov et al., arXiv 2305.18290) and from ratings (KTO,
Ethayarajh et al., arXiv 2402.01306), both by TRL, from an adapter that stays the reference.

Rows come as token ids, rendered as serving renders them; TRL's own rendering is passed by.
"""

from pathlib import Path
from typing import Any

import torch
from datasets import Dataset

import vision.compat  # noqa: F401  before transformers, which imports torchvision
from assistant.engine_transformers import best_device_and_dtype
from assistant.training.config import FeedbackConfig
from assistant.training.feedback import Lessons, Row

from transformers import PreTrainedTokenizerBase  # isort: skip
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer  # isort: skip

_TOGETHER = 2  # ratings: KTO's reference point is estimated from the others of a batch


class _Pairs(DPOTrainer):
    """DPO on rows that are token ids already."""

    def _prepare_dataset(self, dataset: Dataset, *others: Any) -> Dataset:
        return dataset


class _Ratings(KTOTrainer):
    """KTO on rows that are token ids already."""

    def _prepare_dataset(self, dataset: Dataset, *others: Any) -> Dataset:
        return dataset


def teach(
    model: Any,
    tokenizer: PreTrainedTokenizerBase,
    lessons: Lessons,
    config: FeedbackConfig,
    seed: int,
    folder: Path,
) -> dict[str, Any]:
    """Move the adapter of a PeftModel; returns method, steps and how training ended.

    Of the loss, and for pairs the share of preferred answers that are the likelier ones (against
    the adapter it began with) over the last epoch. Raises FloatingPointError for a loss that is
    not finite.
    """
    trainer: Any
    if lessons.method == "dpo":
        arguments = DPOConfig(
            **_shared(config, len(lessons.rows), 1, seed, folder), beta=config.beta,
            loss_type=["sigmoid", "sft"], loss_weights=[1.0, config.sft_weight],
        )  # fmt: skip
        table = Dataset.from_list(lessons.rows)
        trainer = _Pairs(model, args=arguments, train_dataset=table, processing_class=tokenizer)
    else:
        rows = _mismatched(lessons.rows)
        arguments = KTOConfig(
            **_shared(config, len(rows), _TOGETHER, seed, folder), beta=config.beta
        )
        table = Dataset.from_list(rows)
        trainer = _Ratings(model, args=arguments, train_dataset=table, processing_class=tokenizer)
    trainer.train()
    model.delete_adapter("ref")  # TRL's copy of the adapter as it was
    log = [row for row in trainer.state.log_history if "loss" in row]
    if not all(torch.isfinite(torch.tensor(row["loss"])) for row in log):
        raise FloatingPointError(f"a loss of {lessons.method} is not finite")
    last = log[-max(1, len(log) // config.epochs) :]
    told = {"method": lessons.method, "rows": len(lessons.rows), "left_out": lessons.left_out,
            "steps": trainer.state.global_step, "loss": _mean(last, "loss")}  # fmt: skip
    if lessons.method == "dpo":
        told["preferred_likelier"] = _mean(last, "rewards/accuracies")
    return told


def _shared(
    config: FeedbackConfig, rows: int, together: int, seed: int, folder: Path
) -> dict[str, Any]:
    """The settings of both trainers: nothing is sent anywhere, nothing saved but the adapter."""
    device, dtype = best_device_and_dtype()
    steps = max(1, config.epochs * rows // config.rows_per_step)
    return {
        "output_dir": str(folder), "num_train_epochs": config.epochs, "seed": seed,
        "per_device_train_batch_size": together, "max_length": None,
        "gradient_accumulation_steps": max(1, config.rows_per_step // together),
        "learning_rate": config.lora_lr, "lr_scheduler_type": "cosine",
        "warmup_steps": round(config.warmup * steps), "max_grad_norm": 1.0,
        "bf16": dtype == torch.bfloat16, "use_cpu": str(device) == "cpu",
        "gradient_checkpointing": False, "dataloader_pin_memory": False,
        "logging_steps": 1, "save_strategy": "no", "report_to": "none",
    }  # fmt: skip


def _mismatched(rows: list[Row]) -> list[Row]:
    """Rows with another row's answer beside each, for KTO's reference point.

    Good and bad ones take turns, so that the two of a batch are seldom of one prompt and label.
    """
    good, bad = ([row for row in rows if row["label"] is label] for label in (True, False))
    mixed = [row for pair in zip(good, bad, strict=False) for row in pair]
    count = len(mixed) // 2
    mixed += [*good[count:], *bad[count:]]
    whole = mixed[: len(mixed) // _TOGETHER * _TOGETHER]
    return [
        {**row, "KL_completion_ids": whole[place ^ 1]["completion_ids"]}
        for place, row in enumerate(whole)
    ]


def _mean(log: list[dict[str, Any]], name: str) -> float:
    return round(float(sum(row[name] for row in log) / len(log)), 4)
