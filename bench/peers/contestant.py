"""What a contestant in Python answers: a line of JSON for a line of JSON, see protocol.ts."""
import json
import sys
import time

import numpy as np


class Contestant:
    """An engine that is called once a token. One that has a loop of its own overrides `generate`."""

    def load(self, path: str) -> None:
        raise NotImplementedError

    def prefill(self, ids: list[int]) -> np.ndarray:
        """The logits after `ids`, which replace whatever was before. [vocabulary]"""
        raise NotImplementedError

    def decode(self, token: int) -> np.ndarray:
        """The logits after one more token. [vocabulary]"""
        raise NotImplementedError

    def generate(self, ids: list[int], count: int) -> list[float]:
        """Greedy; milliseconds from the start to each token."""
        started, times = time.perf_counter(), []
        logits = self.prefill(ids)
        while True:
            token = int(logits.argmax())
            times.append((time.perf_counter() - started) * 1000)
            if len(times) == count:
                return times
            logits = self.decode(token)

    def steps(self, ids: list[int], tokens: list[int]) -> list[float]:
        """Milliseconds of each step by hand, from a picked token to the ten most probable after it."""
        raise NotImplementedError

    def logprobs(self, ids: list[int]) -> list[float]:
        logits = self.prefill(ids).astype(np.float64)
        shifted = logits - logits.max()
        return (shifted - np.log(np.exp(shifted).sum())).tolist()


def serve(contestant: Contestant) -> None:
    # What a library prints must not fall among the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        try:
            answer = {"values": answer_to(contestant, json.loads(line))}
        except Exception as error:  # told to who asked, whatever it is
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


def answer_to(contestant: Contestant, request: dict) -> list[float]:
    match request["type"]:
        case "load":
            started = time.perf_counter()
            contestant.load(request["path"])
            return [(time.perf_counter() - started) * 1000]
        case "generate":
            return contestant.generate(request["prompt"]["ids"], request["count"])
        case "steps":
            return contestant.steps(request["prompt"]["ids"], request["tokens"])
        case "logprobs":
            return contestant.logprobs(request["prompt"]["ids"])
        case other:
            raise ValueError(f"no contestant in Python answers {other}")
