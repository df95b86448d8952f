"""PyTorch with transformers: `generate`, and a step that runs the whole prefix again as the Python tool does."""
import heapq
import time

import numpy as np
import torch
from transformers import AutoModelForCausalLM
from transformers.generation.streamers import BaseStreamer

from contestant import Contestant, serve


class Times(BaseStreamer):
    """Is given the prompt, and then every token as it comes."""

    def __init__(self):
        self.started, self.times = time.perf_counter(), []

    def put(self, value) -> None:
        self.times.append((time.perf_counter() - self.started) * 1000)

    def end(self) -> None:
        pass


class Torch(Contestant):
    def load(self, path: str) -> None:
        torch.set_num_threads(1)
        self.model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()

    @torch.no_grad()
    def prefill(self, ids: list[int]) -> np.ndarray:
        return self.model(torch.tensor([ids])).logits[0, -1].numpy()

    @torch.no_grad()
    def generate(self, ids: list[int], count: int) -> list[float]:
        prompt, times = torch.tensor([ids]), Times()
        self.model.generate(prompt, attention_mask=torch.ones_like(prompt), min_new_tokens=count, max_new_tokens=count,
                            do_sample=False, streamer=times)
        return times.times[1:]

    def steps(self, ids: list[int], tokens: list[int]) -> list[float]:
        times = []
        for index in range(len(tokens)):
            started = time.perf_counter()
            logits = torch.from_numpy(self.prefill([*ids, *tokens[: index + 1]]))
            heapq.nlargest(10, enumerate(logits.softmax(-1).tolist()), key=lambda entry: entry[1])
            times.append((time.perf_counter() - started) * 1000)
        return times


if __name__ == "__main__":
    serve(Torch())
