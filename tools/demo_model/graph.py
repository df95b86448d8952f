"""Writes a GPT-2 as an ONNX graph out of arrays: nodes, weights under readable names, and blocks in two forms.

Weights are named as the network names them, without the word `blocks`: `wte.weight`, `0.ln_1.bias`, `3.down.weight` [out, in].
"""
import math
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto as T, helper as h, numpy_helper

EPSILON = 1e-5


@dataclass(frozen=True)
class Shape:
    layers: int
    width: int
    heads: int
    context: int
    vocabulary: int

    @property
    def head_width(self) -> int:
        return self.width // self.heads

    @property
    def cached(self) -> list[str]:
        """The cache's tensors, without the beginnings of their names."""
        return [f"{layer}.{kind}" for layer in range(self.layers) for kind in ("key", "value")]


class Graph:
    """Collects nodes and weights under readable names."""

    def __init__(self, shape: Shape, values: dict[str, np.ndarray], stored=np.float16):
        self.shape, self.values, self.stored = shape, values, stored
        self.nodes, self.weights, self.count = [], [], 0

    def add(self, op, *inputs, outputs=None, **attributes):
        self.count += 1
        names = outputs or [f"{op.lower()}_{self.count}"]
        self.nodes.append(h.make_node(op, list(inputs), names, **attributes))
        return names[0] if len(names) == 1 else names

    def weight(self, name, array=None):
        """A weight in fp32, whatever the file stores, and however many nodes read it."""
        array = self.values[name] if array is None else array
        stored = name if self.stored == np.float32 else name + ".fp16"
        if any(w.name == stored for w in self.weights):
            return name
        self.weights.append(numpy_helper.from_array(array.astype(self.stored), stored))
        return name if stored == name else self.add("Cast", stored, outputs=[name], to=T.FLOAT)

    def constant(self, name, values, dtype=np.int64):
        if all(w.name != name for w in self.weights):
            self.weights.append(numpy_helper.from_array(np.array(values, dtype), name))
        return name

    def product(self, x, name):
        """A linear layer without its bias."""
        return self.add("MatMul", x, self.weight(name + ".weight", self.values[name + ".weight"].T))

    def linear(self, x, name):
        return self.add("Add", self.product(x, name), self.weight(name + ".bias"))

    def norm(self, x, name):
        weights = [self.weight(f"{name}.{part}") for part in ("weight", "bias")]
        return self.add("LayerNormalization", x, *weights, axis=-1, epsilon=EPSILON)


def build(g: Graph, form, keeps_last=True, is_unembedding_apart=False, show=None) -> onnx.ModelProto:
    """The graph with a key-value cache.

    `form` of the blocks is Fused or Plain. `keeps_last` adds the input `num_logits_to_keep`; without it every position has logits.
    `is_unembedding_apart` stores the tied matrix a second time, transposed, as a quantiser needs it.
    `show(g, unembedding, streams, attentions)` gives outputs that are added and change no number.
    """
    shape = g.shape
    wte, wpe = g.weight("wte.weight"), g.weight("wpe.weight")
    x = g.add("Add", g.add("Gather", wte, "input_ids"), g.add("Gather", wpe, "position_ids"))
    blocks, streams, attentions = form(g), [x], []
    normed = g.norm(x, "0.ln_1")
    for index in range(shape.layers):
        mixed, weights = blocks.mix(normed, index)
        x, normed = blocks.join(x, mixed, f"{index}.out", f"{index}.ln_2")
        after = f"{index + 1}.ln_1" if index + 1 < shape.layers else "ln_f"
        x, normed = blocks.join(x, blocks.activate(normed, f"{index}.up"), f"{index}.down", after)
        streams.append(x)
        attentions.append(weights)
    unembedding = (g.weight("lm_head", g.values["wte.weight"].T) if is_unembedding_apart
                   else g.add("Transpose", wte, perm=[1, 0]))
    g.add("MatMul", last_positions(g, normed) if keeps_last else normed, unembedding, outputs=["logits"])
    extra = show(g, unembedding, streams, attentions) if show else []
    inputs, outputs = interface(shape, keeps_last, extra)
    graph = h.make_graph(g.nodes, "gpt2", inputs, outputs, g.weights)
    return h.make_model(graph, opset_imports=[h.make_opsetid("", 17), h.make_opsetid("com.microsoft", 1)], ir_version=8)


def interface(shape: Shape, keeps_last: bool, extra):
    """Inputs and outputs under the names that exports in hub layout use."""
    sequence, total = ["batch_size", "sequence_length"], ["batch_size", "total_sequence_length"]
    past, present = (["batch_size", shape.heads, f"{kind}_sequence_length", shape.head_width] for kind in ("past", "total"))
    keep = [h.make_tensor_value_info("num_logits_to_keep", T.INT64, [])] if keeps_last else []
    inputs = [h.make_tensor_value_info("input_ids", T.INT64, sequence),
              h.make_tensor_value_info("attention_mask", T.INT64, total),
              h.make_tensor_value_info("position_ids", T.INT64, sequence), *keep,
              *(h.make_tensor_value_info(f"past_key_values.{name}", T.FLOAT, past) for name in shape.cached)]
    kept = "kept_length" if keeps_last else "sequence_length"
    outputs = [h.make_tensor_value_info("logits", T.FLOAT, ["batch_size", kept, shape.vocabulary]), *extra,
               *(h.make_tensor_value_info(f"present.{name}", T.FLOAT, present) for name in shape.cached)]
    return inputs, outputs


def packed(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Weights with queries, keys and values in one matrix a layer, `N.qkv`, as GPT-2 was published."""
    result = {name: array for name, array in weights.items() if name.split(".")[1] not in tuple("qkv")}
    layers = [name.split(".")[0] for name in weights if name.endswith(".q.weight")]
    for layer in layers:
        for part in ("weight", "bias"):
            result[f"{layer}.qkv.{part}"] = np.concatenate([weights[f"{layer}.{name}.{part}"] for name in "qkv"])
    return result


def last_positions(g: Graph, x):
    """The last `num_logits_to_keep` positions, or all of them for 0."""
    first = g.add("Neg", g.add("Reshape", "num_logits_to_keep", g.constant("one", [1])))
    return g.add("Slice", x, first, g.constant("end", [2**31 - 1]), g.constant("axis1", [1]))


class Fused:
    """As few nodes as onnxruntime has kernels for: on small rows, what a node costs besides its arithmetic is most of the time.

    Attention is one node, told how many positions there are by the mask; it gives no weights. Rows of a batch may have
    different lengths, and new keys and values may be written into the very memory of the past ones.
    """

    def __init__(self, g: Graph):
        self.g = g
        length = g.add("ReduceSum", "attention_mask", g.constant("axis1", [1]), keepdims=0)
        self.last = g.add("Cast", g.add("Sub", length, g.constant("one", [1])), to=T.INT32)
        total = g.add("Slice", g.add("Shape", "attention_mask"), "one", g.constant("two", [2]))
        self.total = g.add("Cast", g.add("Squeeze", total), to=T.INT32)

    def mix(self, x, index: int):
        shape, qkv = self.g.shape, self.g.linear(x, f"{index}.qkv")
        past = [f"past_key_values.{index}.{kind}" for kind in ("key", "value")]
        outputs = [f"{index}.mixed", *(f"present.{index}.{kind}" for kind in ("key", "value"))]
        mixed, *_ = self.g.add(
            "GroupQueryAttention", qkv, "", "", *past, self.last, self.total, outputs=outputs, domain="com.microsoft",
            num_heads=shape.heads, kv_num_heads=shape.heads, scale=1 / math.sqrt(shape.head_width))
        return mixed, None

    def join(self, x, y, linear: str, norm: str):
        """The stream after a linear layer was added to it, and its norm."""
        g, weights = self.g, [self.g.weight(f"{norm}.{part}") for part in ("weight", "bias")]
        outputs = [f"{norm}.normed", "", "", f"{linear}.stream"]
        normed, *_, stream = g.add("SkipLayerNormalization", g.product(y, linear), x, *weights, g.weight(f"{linear}.bias"),
                                   outputs=outputs, domain="com.microsoft", epsilon=EPSILON)
        return stream, normed

    def activate(self, x, linear: str):
        return self.g.add("FastGelu", self.g.product(x, linear), self.g.weight(f"{linear}.bias"), domain="com.microsoft")


class Plain:
    """Attention in single steps, whose weights can be shown; the cache grows by concatenation."""

    def __init__(self, g: Graph):
        self.g, self.mask = g, attention_bias(g)

    def mix(self, x, index: int):
        g, shape = self.g, self.g.shape
        q, k, v = g.add("Split", g.linear(x, f"{index}.qkv"), outputs=[f"{index}.{part}" for part in "qkv"], axis=2)
        split = g.constant("split_heads", [0, 0, shape.heads, shape.head_width])
        q, k, v = (g.add("Transpose", g.add("Reshape", flat, split), perm=[0, 2, 1, 3]) for flat in (q, k, v))
        k = g.add("Concat", f"past_key_values.{index}.key", k, outputs=[f"present.{index}.key"], axis=2)
        v = g.add("Concat", f"past_key_values.{index}.value", v, outputs=[f"present.{index}.value"], axis=2)
        scores = g.add("MatMul", q, g.add("Transpose", k, perm=[0, 1, 3, 2]))
        scores = g.add("Mul", scores, g.constant("scale", 1 / math.sqrt(shape.head_width), np.float32))
        weights = g.add("Softmax", g.add("Add", scores, self.mask), axis=-1)
        mixed = g.add("Transpose", g.add("MatMul", weights, v), perm=[0, 2, 1, 3])
        return g.add("Reshape", mixed, g.constant("join_heads", [0, 0, shape.width])), weights

    def join(self, x, y, linear: str, norm: str):
        x = self.g.add("Add", x, self.g.linear(y, linear))
        return x, self.g.norm(x, norm)

    def activate(self, x, linear: str):
        return gelu(self.g, self.g.linear(x, linear))


def attention_bias(g: Graph):
    """0 where a position may look, a large negative number where it may not: later positions, and masked ones."""
    g.constant("one", [1]), g.constant("axis1", [1]), g.constant("zero", [0])
    length = g.add("Slice", g.add("Shape", "input_ids"), "one", g.constant("two", [2]))
    total = g.add("Slice", g.add("Shape", "attention_mask"), "one", "two")
    past = g.add("Sub", total, length)
    keys = g.add("Range", g.constant("scalar0", 0), g.add("Squeeze", total), g.constant("scalar1", 1))
    first, last = g.add("Squeeze", past), g.add("Squeeze", total)
    queries = g.add("Unsqueeze", g.add("Range", first, last, "scalar1"), "axis1")
    is_later = g.add("Greater", g.add("Unsqueeze", keys, "zero"), queries)
    is_masked = g.add("Equal", g.add("Unsqueeze", "attention_mask", g.constant("axes12", [1, 2])), "scalar0")
    blocked = g.add("Or", is_later, is_masked)
    low, none = g.constant("low", -1e9, np.float32), g.constant("none", 0.0, np.float32)
    return g.add("Where", blocked, low, none)


def gelu(g: Graph, x):
    """GPT-2's tanh form."""
    cube = g.add("Mul", g.add("Mul", x, x), x)
    inner = g.add("Add", x, g.add("Mul", cube, g.constant("gelu_cube", 0.044715, np.float32)))
    tanh = g.add("Tanh", g.add("Mul", inner, g.constant("gelu_scale", math.sqrt(2 / math.pi), np.float32)))
    half = g.add("Mul", x, g.constant("half", 0.5, np.float32))
    return g.add("Mul", half, g.add("Add", tanh, g.constant("unit", 1.0, np.float32)))
