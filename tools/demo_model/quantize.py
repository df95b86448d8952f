"""Writes the int8 file of the model out of its committed graph, and how far its numbers are from that graph's: no training,
no checkpoint.

Matrices of products are stored as 8-bit integers with one scale a column, and each product's input is rounded to 8 bits as it
runs (onnxruntime.quantization, dynamic). Embeddings, which are only looked up, stay in fp16. Run from the repository root with
the packages of requirements.txt installed:

    python tools/demo_model/quantize.py
"""
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "models" / "demo"
PREFIXES = ROOT / "tests" / "fixtures" / "golden_prefixes.json"
LARGEST = 6e6
#: Tokens of one pass of a prompt, as the app reads it.
CHUNK = 64
#: Prefixes that are fed token by token too, and their most tokens.
WALKED, LONGEST = 40, 60


def unfolded(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with every matrix of a product as a weight of its own in fp32: the quantiser sees neither casts nor transposes."""
    graph = model.graph
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    made = {node.output[0]: node for node in graph.node}

    def value(name: str):
        if name in weights:
            return weights[name]
        node = made.get(name)
        if node is None or node.op_type not in ("Cast", "Transpose"):
            return None
        inner = value(node.input[0])
        if inner is None:
            return None
        return inner.astype(np.float32) if node.op_type == "Cast" else inner.transpose(node.attribute[0].ints)

    for node in graph.node:
        matrix = value(node.input[1]) if node.op_type == "MatMul" else None
        if matrix is None:
            continue
        name = f"{node.input[1]}.matrix"
        graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(matrix), name))
        node.input[1] = name
    return without_unused(model)


def without_unused(model: onnx.ModelProto) -> onnx.ModelProto:
    graph = model.graph
    while True:
        used = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
        nodes = [node for node in graph.node if any(name in used for name in node.output)]
        if len(nodes) == len(graph.node):
            break
        del graph.node[:]
        graph.node.extend(nodes)
    weights = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(weights)
    return model


def quantize(source: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        onnx.save(unfolded(onnx.load(source)), plain)
        # Unsigned matrices: their products are exact on every processor, where signed ones saturate on older ones.
        quantize_dynamic(plain, target, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QUInt8,
                         extra_options={"DefaultTensorType": TensorProto.FLOAT})


class Reader:
    """Natural logprobs of a graph after ids, read in chunks."""

    def __init__(self, path: Path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options)
        past = [tensor for tensor in self.session.get_inputs() if tensor.name.startswith("past_key_values.")]
        self.empty = {tensor.name: np.zeros((1, tensor.shape[1], 0, tensor.shape[3]), np.float32) for tensor in past}

    def run(self, ids, past, start: int):
        feeds = {"input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, start + len(ids)), np.int64),
                 "position_ids": np.arange(start, start + len(ids), dtype=np.int64)[None],
                 "num_logits_to_keep": np.array(1, np.int64), **past}
        logits, *present = self.session.run(None, feeds)
        row = logits[0, -1].astype(np.float64)
        row -= row.max()
        return row - np.log(np.exp(row).sum()), dict(zip(past, present))

    def whole(self, ids, chunk: int = CHUNK):
        past = self.empty
        for start in range(0, len(ids), chunk):
            logprobs, past = self.run(ids[start:start + chunk], past, start)
        return logprobs


def compare(exact: Path, rounded: Path) -> dict:
    """How far the rounded graph's distributions are from the exact one's, over the golden prefixes and all tokens."""
    prefixes = [case["ids"] for case in json.loads(PREFIXES.read_text(encoding="utf-8"))["prefixes"]]
    one, other = Reader(exact), Reader(rounded)
    pairs = [(one.whole(ids), other.whole(ids)) for ids in prefixes]
    changes = np.array([abs(wanted - found) for wanted, found in pairs])
    short = [ids for ids in prefixes if len(ids) <= LONGEST][:WALKED]
    fed = max(abs(other.whole(ids) - other.whole(ids, chunk=1)).max() for ids in short)
    rounded_to = lambda value: float(f"{value:.2g}")
    return {
        "prefixes": len(prefixes),
        "meanLogprobChange": rounded_to(changes.mean()),
        "maxLogprobChange": rounded_to(changes.max()),
        "meanKlNats": rounded_to(np.mean([(np.exp(wanted) * (wanted - found)).sum() for wanted, found in pairs])),
        "sameMostProbable": sum(int(wanted.argmax() == found.argmax()) for wanted, found in pairs),
        "maxFeedingChange": rounded_to(fed),
    }


def main() -> None:
    source, target = FOLDER / "onnx" / "model.onnx", FOLDER / "onnx" / "model_quantized.onnx"
    quantize(source, target)
    size = target.stat().st_size
    assert size < LARGEST, f"{target.name} has {size} bytes, expected at most {LARGEST:.0f}"
    measured = compare(source, target)
    (FOLDER / "precision.json").write_text(json.dumps({"q8": measured}, indent=2) + "\n", encoding="utf-8")
    print(f"{target.name}: {size / 1e6:.2f} MB, {measured}")


if __name__ == "__main__":
    main()
