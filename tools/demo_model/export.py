"""Writes the model in hub layout: weights stored in fp16, inputs, outputs and arithmetic in fp32.

`model.onnx` gives logits and cache; its attention is one node a layer (GroupQueryAttention), which may write new keys and
values into the very memory where the past ones lie. `model_explain.onnx` gives attentions, hidden states and the logits of every layer as
well; it holds no weights of its own but names where they lie in `model.onnx`.
"""
import json
import math
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto as T, helper as h, numpy_helper

from corpus import SPECIALS
from network import CONTEXT, HEADS, LAYERS, WIDTH

HEAD_WIDTH = WIDTH // HEADS
CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def rounded(model):
    """The model with its weights as the file stores them."""
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(p.half().float())
    return model


class Graph:
    """Collects nodes and weights under readable names."""

    def __init__(self):
        self.nodes, self.weights, self.count = [], [], 0

    def add(self, op, *inputs, outputs=None, **attributes):
        self.count += 1
        names = outputs or [f"{op.lower()}_{self.count}"]
        self.nodes.append(h.make_node(op, list(inputs), names, **attributes))
        return names[0] if len(names) == 1 else names

    def weight(self, name, tensor):
        array = tensor.detach().numpy().astype(np.float16)
        self.weights.append(numpy_helper.from_array(array, name + ".fp16"))
        return self.add("Cast", name + ".fp16", outputs=[name], to=T.FLOAT)

    def constant(self, name, values, dtype=np.int64):
        if all(w.name != name for w in self.weights):
            self.weights.append(numpy_helper.from_array(np.array(values, dtype), name))
        return name

    def linear(self, x, name, layer):
        product = self.add("MatMul", x, self.weight(name + ".weight", layer.weight.T.contiguous()))
        return self.add("Add", product, self.weight(name + ".bias", layer.bias))

    def norm(self, x, name, layer):
        scale, bias = self.weight(name + ".weight", layer.weight), self.weight(name + ".bias", layer.bias)
        return self.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=layer.eps)


def build(model, explain: bool = False) -> onnx.ModelProto:
    """The graph; `explain` adds outputs to it and changes no number."""
    g = Graph()
    streams, attentions = [], []
    wte, wpe = g.weight("wte", model.wte.weight), g.weight("wpe", model.wpe.weight)
    x = g.add("Add", g.add("Gather", wte, "input_ids"), g.add("Gather", wpe, "position_ids"))
    attend = Unfused(g) if explain else Fused(g)
    for index, block in enumerate(model.blocks):
        streams.append(x)
        x, weights = attention(g, x, block, index, attend)
        attentions.append(weights)
        hidden = g.linear(g.norm(x, f"{index}.ln_2", block.ln_2), f"{index}.up", block.up)
        x = g.add("Add", x, g.linear(gelu(g, hidden), f"{index}.down", block.down))
    # The last `num_logits_to_keep` positions, or all of them for 0.
    first = g.add("Neg", g.add("Reshape", "num_logits_to_keep", g.constant("one", [1])))
    kept = g.add("Slice", x, first, g.constant("end", [2**31 - 1]), g.constant("axis1", [1]))
    final = Final(g, model)
    g.add("MatMul", final.norm(kept), final.unembedding, outputs=["logits"])
    extra = explained(g, final, streams + [x], attentions) if explain else []

    sequence, total = ["batch_size", "sequence_length"], ["batch_size", "total_sequence_length"]
    past, present = (["batch_size", HEADS, f"{kind}_sequence_length", HEAD_WIDTH] for kind in ("past", "total"))
    names = [f"{layer}.{kind}" for layer in range(LAYERS) for kind in ("key", "value")]
    inputs = [h.make_tensor_value_info("input_ids", T.INT64, sequence),
              h.make_tensor_value_info("attention_mask", T.INT64, total),
              h.make_tensor_value_info("position_ids", T.INT64, sequence),
              h.make_tensor_value_info("num_logits_to_keep", T.INT64, []),
              *(h.make_tensor_value_info(f"past_key_values.{name}", T.FLOAT, past) for name in names)]
    outputs = [h.make_tensor_value_info("logits", T.FLOAT, ["batch_size", "kept_length", model.wte.num_embeddings]), *extra,
               *(h.make_tensor_value_info(f"present.{name}", T.FLOAT, present) for name in names)]
    graph = h.make_graph(g.nodes, "gpt2", inputs, outputs, g.weights)
    return h.make_model(graph, opset_imports=[h.make_opsetid("", 17), h.make_opsetid("com.microsoft", 1)], ir_version=8)


class Final:
    """The last norm and the unembedding, whose weights several outputs share."""

    def __init__(self, g: Graph, model):
        self.g, self.eps = g, model.ln_f.eps
        self.scale, self.bias = g.weight("ln_f.weight", model.ln_f.weight), g.weight("ln_f.bias", model.ln_f.bias)
        self.unembedding = g.add("Transpose", "wte", perm=[1, 0])

    def norm(self, x):
        return self.g.add("LayerNormalization", x, self.scale, self.bias, axis=-1, epsilon=self.eps)


def explained(g: Graph, final: Final, streams, attentions):
    """Outputs that show the inside: the residual stream before each block and after the last one, what the logits would be
    if the model ended after a block (nostalgebraist's logit lens, 2020), and the attention weights [batch, head, to, from]."""
    outputs, vocabulary = [], "vocabulary_size"
    sequence = ["batch_size", "sequence_length"]
    for index, x in enumerate(streams):
        g.add("Identity", x, outputs=[f"hidden_states.{index}"])
        outputs.append(h.make_tensor_value_info(f"hidden_states.{index}", T.FLOAT, [*sequence, WIDTH]))
    for index, x in enumerate(streams[1:]):
        g.add("MatMul", final.norm(x), final.unembedding, outputs=[f"lens_logits.{index}"])
        outputs.append(h.make_tensor_value_info(f"lens_logits.{index}", T.FLOAT, [*sequence, vocabulary]))
    for index, weights in enumerate(attentions):
        g.add("Identity", weights, outputs=[f"attentions.{index}"])
        shape = ["batch_size", HEADS, "sequence_length", "total_sequence_length"]
        outputs.append(h.make_tensor_value_info(f"attentions.{index}", T.FLOAT, shape))
    return outputs


class Fused:
    """Attention as one node, told how many positions there are by the mask; it gives no weights."""

    def __init__(self, g: Graph):
        self.g = g
        length = g.add("ReduceSum", "attention_mask", g.constant("axis1", [1]), keepdims=0)
        self.last = g.add("Cast", g.add("Sub", length, g.constant("one", [1])), to=T.INT32)
        total = g.add("Slice", g.add("Shape", "attention_mask"), "one", g.constant("two", [2]))
        self.total = g.add("Cast", g.add("Squeeze", total), to=T.INT32)

    def mix(self, q, k, v, index: int):
        past = [f"past_key_values.{index}.{kind}" for kind in ("key", "value")]
        outputs = [f"{index}.mixed", *(f"present.{index}.{kind}" for kind in ("key", "value"))]
        mixed, *_ = self.g.add(
            "GroupQueryAttention", q, k, v, *past, self.last, self.total, outputs=outputs, domain="com.microsoft",
            num_heads=HEADS, kv_num_heads=HEADS, scale=1 / math.sqrt(HEAD_WIDTH))
        return mixed, None


class Unfused:
    """Attention in single steps, whose weights can be shown."""

    def __init__(self, g: Graph):
        self.g, self.mask = g, attention_bias(g)

    def mix(self, q, k, v, index: int):
        g = self.g
        split = g.constant("split_heads", [0, 0, HEADS, HEAD_WIDTH])
        q, k, v = (g.add("Transpose", g.add("Reshape", flat, split), perm=[0, 2, 1, 3]) for flat in (q, k, v))
        k = g.add("Concat", f"past_key_values.{index}.key", k, outputs=[f"present.{index}.key"], axis=2)
        v = g.add("Concat", f"past_key_values.{index}.value", v, outputs=[f"present.{index}.value"], axis=2)
        scores = g.add("MatMul", q, g.add("Transpose", k, perm=[0, 1, 3, 2]))
        scores = g.add("Mul", scores, g.constant("scale", 1 / math.sqrt(HEAD_WIDTH), np.float32))
        weights = g.add("Softmax", g.add("Add", scores, self.mask), axis=-1)
        mixed = g.add("Transpose", g.add("MatMul", weights, v), perm=[0, 2, 1, 3])
        return g.add("Reshape", mixed, g.constant("join_heads", [0, 0, WIDTH])), weights


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


def attention(g: Graph, x, block, index: int, attend):
    h_in = g.norm(x, f"{index}.ln_1", block.ln_1)
    q, k, v = (g.linear(h_in, f"{index}.{name}", getattr(block, name)) for name in ("q", "k", "v"))
    mixed, weights = attend.mix(q, k, v, index)
    return g.add("Add", x, g.linear(mixed, f"{index}.out", block.out)), weights


def gelu(g: Graph, x):
    """GPT-2's tanh form."""
    cube = g.add("Mul", g.add("Mul", x, x), x)
    inner = g.add("Add", x, g.add("Mul", cube, g.constant("gelu_cube", 0.044715, np.float32)))
    tanh = g.add("Tanh", g.add("Mul", inner, g.constant("gelu_scale", math.sqrt(2 / math.pi), np.float32)))
    half = g.add("Mul", x, g.constant("half", 0.5, np.float32))
    return g.add("Mul", half, g.add("Add", tanh, g.constant("unit", 1.0, np.float32)))


def write_model(model, tokenizer, folder: Path) -> None:
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    proto = build(model)
    onnx.checker.check_model(proto)
    content = proto.SerializeToString()
    (folder / "onnx" / "model.onnx").write_bytes(content)
    explain = build(model, explain=True)
    borrow_weights(explain, content, "model.onnx")
    (folder / "onnx" / "model_explain.onnx").write_bytes(explain.SerializeToString())
    tokenizer.save(str(folder / "tokenizer.json"))
    write_json(folder / "config.json", {
        "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": model.wte.num_embeddings,
        "n_positions": CONTEXT, "n_ctx": CONTEXT, "n_embd": WIDTH, "n_layer": LAYERS, "n_head": HEADS,
        "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5, "bos_token_id": 0, "eos_token_id": 0,
        "tie_word_embeddings": True})
    write_json(folder / "generation_config.json", {"bos_token_id": 0, "eos_token_id": [0, 4], "pad_token_id": 0})
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": CONTEXT, "bos_token": SPECIALS[0],
        "eos_token": SPECIALS[0], "pad_token": SPECIALS[0], "unk_token": SPECIALS[0], "padding_side": "left",
        "clean_up_tokenization_spaces": False, "additional_special_tokens": SPECIALS[1:], "chat_template": CHAT_TEMPLATE})
    write_json(folder / "special_tokens_map.json", {name: SPECIALS[0] for name in ("bos_token", "eos_token", "pad_token", "unk_token")})


def borrow_weights(proto: onnx.ModelProto, content: bytes, location: str) -> None:
    """Replaces large weights by the place where the same bytes lie in another file of the folder."""
    for tensor in proto.graph.initializer:
        data = tensor.raw_data
        if len(data) < 1024:
            continue
        offset = content.index(data)
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in {"location": location, "offset": offset, "length": len(data)}.items():
            tensor.external_data.append(onnx.StringStringEntryProto(key=key, value=str(value)))


def write_json(path: Path, value) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def check(model, tokenizer, folder: Path) -> None:
    """The file says what the network says, at once and token by token, and the tokenizer loses no byte."""
    session = onnxruntime.InferenceSession(str(folder / "onnx" / "model.onnx"))
    ids = tokenizer.encode("### Instruction:\nDescribe a duck.\n\n### Response:\nA duck is a small animal.").ids
    with torch.no_grad():
        wanted = model(torch.tensor([ids]))[0].numpy()
    whole = run(session, ids, empty_past(), 0)[0][0]
    last = run(session, ids, empty_past(), 0, keep=1)[0]
    assert last.shape[1] == 1 and abs(last[0, 0] - whole[-1]).max() < 1e-4
    past, rows = empty_past(), []
    for position, token in enumerate(ids):
        logits, *past = run(session, [token], past, position)
        rows.append(logits[0, 0])
    assert abs(whole - wanted).max() < 1e-3, abs(whole - wanted).max()
    assert abs(np.array(rows) - whole).max() < 1e-4, abs(np.array(rows) - whole).max()
    explained_logits = check_explained(model, folder, ids)
    for text in ["", "Über 🙂👩‍👩‍👧", "\0\t\r\n", "مرحبا \u202e", "日本語", "a" * 5000]:
        assert tokenizer.decode(tokenizer.encode(text).ids) == text, repr(text[:20])
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    assert size < 10e6, size
    print(f"checked: file against network {abs(whole - wanted).max():.1e}, explaining file {explained_logits:.1e}, cache against whole {abs(np.array(rows) - whole).max():.1e}, {size / 1e6:.2f} MB")


def check_explained(model, folder: Path, ids: list[int]) -> float:
    """The largest difference of the explaining file's last lens from the network; its attentions are distributions."""
    session = onnxruntime.InferenceSession(str(folder / "onnx" / "model_explain.onnx"))
    names = [output.name for output in session.get_outputs()]
    values = dict(zip(names, run(session, ids, empty_past(), 0)))
    with torch.no_grad():
        wanted = model(torch.tensor([ids]))[0].numpy()
    for layer in range(LAYERS):
        weights = values[f"attentions.{layer}"]
        assert weights.shape == (1, HEADS, len(ids), len(ids)) and abs(weights.sum(-1) - 1).max() < 1e-5
        assert abs(np.triu(weights, 1)).max() == 0, "a position looks at a later one"
    assert abs(values["logits"] - values[f"lens_logits.{LAYERS - 1}"]).max() < 1e-5
    return abs(values[f"lens_logits.{LAYERS - 1}"][0] - wanted).max()


def empty_past():
    return [np.zeros((1, HEADS, 0, HEAD_WIDTH), np.float32)] * (2 * LAYERS)


def run(session, ids, past, start: int, keep: int = 0):
    names = [f"past_key_values.{layer}.{kind}" for layer in range(LAYERS) for kind in ("key", "value")]
    feeds = {"num_logits_to_keep": np.array(keep, np.int64), "input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, start + len(ids)), np.int64),
             "position_ids": np.arange(start, start + len(ids), dtype=np.int64)[None], **dict(zip(names, past))}
    return session.run(None, feeds)
