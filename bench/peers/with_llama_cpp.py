"""llama.cpp through llama-cpp-python, called once a token."""
import numpy as np
from llama_cpp import Llama

from contestant import Contestant, serve


class LlamaCpp(Contestant):
    def load(self, path: str) -> None:
        self.model = Llama(path, n_ctx=1024, n_threads=1, n_threads_batch=1, verbose=False)

    def prefill(self, ids: list[int]) -> np.ndarray:
        self.model.reset()
        self.model.eval(ids)
        return self.logits()

    def decode(self, token: int) -> np.ndarray:
        self.model.eval([token])
        return self.logits()

    def logits(self) -> np.ndarray:
        """A view of the last position's."""
        return np.ctypeslib.as_array(self.model._ctx.get_logits(), shape=(self.model.n_vocab(),))


if __name__ == "__main__":
    serve(LlamaCpp())
