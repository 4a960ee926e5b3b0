"""What every model owes, whatever it is: subclass, give a model and an input, inherit the tests."""

from abc import ABC, abstractmethod
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from vision.errors import ModelError
from vision.weights import WEIGHTS_FILE, load_folder, save_folder


class ModelContract(ABC):
    """Forward, backward, batches, determinism, save and load, refusal of altered weights."""

    @abstractmethod
    def model(self) -> nn.Module:
        """A tiny model with random weights."""

    @abstractmethod
    def batch(self, n: int) -> Tensor:
        """A batch of n inputs; the same n gives the same values."""

    def outputs(self, model: nn.Module, batch: Tensor) -> list[Tensor]:
        """All output tensors, each with the batch first."""
        out = model(batch)
        return list(out) if isinstance(out, tuple) else [out]

    def test_one_output_row_per_input_and_all_finite(self) -> None:
        with torch.inference_mode():
            for out in self.outputs(self.model().eval(), self.batch(3)):
                assert out.shape[0] == 3 and bool(torch.isfinite(out).all())

    def test_a_batch_gives_what_its_members_give_alone(self) -> None:
        model, batch = self.model().eval(), self.batch(2)
        with torch.inference_mode():
            together = self.outputs(model, batch)
            alone = [self.outputs(model, batch[i : i + 1]) for i in range(2)]
        for k, out in enumerate(together):
            single = torch.cat([a[k] for a in alone])
            assert float((out - single).abs().max()) < 1e-5

    def test_the_same_input_gives_the_same_bits(self) -> None:
        model, batch = self.model().eval(), self.batch(1)
        with torch.inference_mode():
            first, second = self.outputs(model, batch), self.outputs(model, batch)
        assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))

    def test_a_gradient_reaches_the_first_and_the_last_layer(self) -> None:
        model = self.model().train()
        sum(out.float().square().mean() for out in self.outputs(model, self.batch(2))).backward()
        trained = [p for p in model.parameters() if p.grad is not None]
        assert len(trained) > 1 and all(bool(torch.isfinite(p.grad).all()) for p in trained)

    def test_saved_and_loaded_weights_give_the_same_bits(self, tmp_path: Path) -> None:
        model = self.model().eval()
        model.load_state_dict(
            {k: v.half().float() if v.is_floating_point() else v
             for k, v in model.state_dict().items()}
        )  # fmt: skip
        save_folder(tmp_path / "m", {"preprocess": {}}, model.state_dict())
        other = self.model().eval()
        with torch.no_grad():
            for p in other.parameters():
                p.add_(1.0)
        other.load_state_dict(load_folder(tmp_path / "m")[1])
        with torch.inference_mode():
            pairs = zip(
                self.outputs(model, self.batch(1)), self.outputs(other, self.batch(1)), strict=True
            )
            assert all(torch.equal(a, b) for a, b in pairs)

    def test_one_altered_byte_is_refused(self, tmp_path: Path) -> None:
        save_folder(tmp_path / "m", {"preprocess": {}}, self.model().state_dict())
        path = tmp_path / "m" / WEIGHTS_FILE
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(bytes(data))
        with pytest.raises(ModelError):
            load_folder(tmp_path / "m")
