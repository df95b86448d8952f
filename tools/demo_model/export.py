"""Writes the model in hub layout: weights stored in fp16, inputs, outputs and arithmetic in fp32.

`model.onnx` gives logits and cache; its attention is one node a layer (GroupQueryAttention), which may write new keys and
values into the very memory where the past ones lie. `model_explain.onnx` gives attentions, hidden states and the logits of every layer as
well; it holds no weights of its own but names where they lie in `model.onnx`.
"""
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto as T, helper as h

import graph
from corpus import SPECIALS
from graph import Fused, Graph, Plain, Shape, packed
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


def build(weights: dict[str, np.ndarray], explain: bool = False) -> onnx.ModelProto:
    """The graph; `explain` adds outputs to it and changes no number."""
    shape = Shape(LAYERS, WIDTH, HEADS, CONTEXT, len(weights["wte.weight"]))
    return graph.build(Graph(shape, weights), Plain if explain else Fused, show=explained if explain else None)


def explained(g: Graph, unembedding: str, streams, attentions):
    """Outputs that show the inside: the residual stream before each block and after the last one, what the logits would be
    if the model ended after a block (nostalgebraist's logit lens, 2020), and the attention weights [batch, head, to, from]."""
    outputs, vocabulary = [], "vocabulary_size"
    sequence = ["batch_size", "sequence_length"]
    for index, x in enumerate(streams):
        g.add("Identity", x, outputs=[f"hidden_states.{index}"])
        outputs.append(h.make_tensor_value_info(f"hidden_states.{index}", T.FLOAT, [*sequence, WIDTH]))
    for index, x in enumerate(streams[1:]):
        g.add("MatMul", g.norm(x, "ln_f"), unembedding, outputs=[f"lens_logits.{index}"])
        outputs.append(h.make_tensor_value_info(f"lens_logits.{index}", T.FLOAT, [*sequence, vocabulary]))
    for index, x in enumerate(attentions):
        g.add("Identity", x, outputs=[f"attentions.{index}"])
        shape = ["batch_size", HEADS, "sequence_length", "total_sequence_length"]
        outputs.append(h.make_tensor_value_info(f"attentions.{index}", T.FLOAT, shape))
    return outputs


def write_model(model, tokenizer, folder: Path) -> None:
    weights = {name.removeprefix("blocks."): tensor.numpy() for name, tensor in model.state_dict().items()}
    write_graphs(packed(weights), folder)
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


def write_graphs(weights: dict[str, np.ndarray], folder: Path) -> None:
    """Both graphs over the same weights, with queries, keys and values packed."""
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    proto = build(weights)
    onnx.checker.check_model(proto)
    content = proto.SerializeToString()
    (folder / "onnx" / "model.onnx").write_bytes(content)
    explain = build(weights, explain=True)
    borrow_weights(explain, content, "model.onnx")
    (folder / "onnx" / "model_explain.onnx").write_bytes(explain.SerializeToString())


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
    # The int8 file has a bound of its own, in quantize.py.
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and f.name != "model_quantized.onnx")
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
