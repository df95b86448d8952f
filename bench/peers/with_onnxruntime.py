"""ONNX Runtime driven from Python as fast as it can be: inputs and outputs are bound, no cache is copied by Python."""
import numpy as np
import onnxruntime

from contestant import Contestant, serve

WINDOW = 1024


class OnnxRuntime(Contestant):
    def load(self, path: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.past = [value for value in self.session.get_inputs() if value.name.startswith("past_key_values.")]
        # A graph with one attention node a layer writes new keys and values where the past ones lie; others give a grown cache.
        self.is_in_place = any(value.name == "num_logits_to_keep" for value in self.session.get_inputs())
        self.binding = self.session.io_binding()
        if self.is_in_place:
            self.bind_in_place()

    def bind_in_place(self) -> None:
        vocabulary = self.session.get_outputs()[0].shape[2]
        self.logits = np.zeros((1, 1, vocabulary), np.float32)
        self.binding.bind_output("logits", "cpu", 0, np.float32, self.logits.shape, self.logits.ctypes.data)
        self.binding.bind_cpu_input("num_logits_to_keep", np.array(1, np.int64))
        self.cache = [np.zeros((1, value.shape[1], WINDOW, value.shape[3]), np.float32) for value in self.past]
        for value, memory in zip(self.past, self.cache):
            place = ("cpu", 0, np.float32, memory.shape, memory.ctypes.data)
            self.binding.bind_input(value.name, *place)
            self.binding.bind_output(present(value.name), *place)

    def prefill(self, ids: list[int]) -> np.ndarray:
        self.length = 0
        if not self.is_in_place:
            for value in self.past:
                self.binding.bind_cpu_input(value.name, np.zeros((1, value.shape[1], 0, value.shape[3]), np.float32))
        return self.run(ids)

    def decode(self, token: int) -> np.ndarray:
        return self.run([token])

    def run(self, ids: list[int]) -> np.ndarray:
        start, self.length = self.length, self.length + len(ids)
        self.binding.bind_cpu_input("input_ids", np.array([ids], np.int64))
        self.binding.bind_cpu_input("attention_mask", np.ones((1, self.length), np.int64))
        self.binding.bind_cpu_input("position_ids", np.arange(start, self.length, dtype=np.int64)[None])
        if self.is_in_place:
            self.session.run_with_iobinding(self.binding)
            return self.logits[0, 0]
        self.binding.bind_output("logits", "cpu")
        for value in self.past:
            self.binding.bind_output(present(value.name), "cpu")
        self.session.run_with_iobinding(self.binding)
        logits, *grown = self.binding.get_outputs()
        for value, tensor in zip(self.past, grown):
            self.binding.bind_ortvalue_input(value.name, tensor)
        return logits.numpy()[0, -1]


def present(name: str) -> str:
    return name.replace("past_key_values", "present")


if __name__ == "__main__":
    serve(OnnxRuntime())
