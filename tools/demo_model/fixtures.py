"""Writes the two tiny random models that the tests of lib/generators/onnx load, and what PyTorch says of them.

Run from the repository root with torch, transformers, tokenizers and onnx installed:

    python tools/demo_model/fixtures.py

The weights are random but seeded, so the models say nonsense, and always the same nonsense. The ONNX graphs are written
out by hand below, so a test that compares them with PyTorch compares two independent paths of computation.
"""
import json
import pathlib

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

OUT = pathlib.Path("tests/fixtures")
SEED = 20240
LAYERS, WIDTH, HEADS, KV_HEADS, WINDOW = 2, 32, 4, 2, 256
HEAD_WIDTH = WIDTH // HEADS
TOKENS = 300
PADDED = 320  # The llama has more logits than its tokenizer has tokens, as real exports often do.
END = "<|endoftext|>"

SENTENCES = [
    "The ferry leaves the island at noon and the passengers wave to the people on the pier.",
    "A lighthouse keeper counts the ships, then he counts the gulls, and then he counts the waves.",
    "There is a small garden behind the house where the children plant onions and beans.",
    "In the evening they are reading, and in the morning they are telling what they read.",
]

# (prompt, completion): plain text, spaces and digits, Latin beyond ASCII, emoji and CJK, and one of about 150 tokens.
CASES = [
    ("The ferry leaves", " the island at noon."),
    ("  two  spaces,\n\ttabs 1234", " and 56\n"),
    ("Größe: naïve café — 100 €", " ist schön"),
    ("🦕 said 👩‍👩‍👧 to 日本語", " 🎈 and 語"),
    (SENTENCES[1] + " " + SENTENCES[3] + " Harvest moons glow. Ünïcödé jumps; quick zebras vex my judge!", " the end."),
]


def main():
    tokenizer = train_tokenizer()
    torch.manual_seed(SEED)
    write_model("tiny_gpt2", *tiny_gpt2(), with_tokenizer=tokenizer, tokenizer_class="GPT2Tokenizer")
    # Like many llamas, this one starts each prompt with a special token.
    tokenizer.post_processor = processors.TemplateProcessing(f"{END} $A", special_tokens=[(END, 0)])
    torch.manual_seed(SEED + 1)
    write_model("tiny_llama", *tiny_llama(), with_tokenizer=tokenizer, tokenizer_class="PreTrainedTokenizerFast")


def train_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=TOKENS, special_tokens=[END], initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return tokenizer


class Graph:
    """Collects nodes; each method returns the name of what it adds."""

    def __init__(self):
        self.nodes, self.weights, self.count = [], {}, 0

    def op(self, kind, *inputs, output=None, outputs=1, **attributes):
        self.count += 1
        names = [output or f"{kind}_{self.count}"] if outputs == 1 else [f"{kind}_{self.count}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, values, dtype=np.int64):
        self.count += 1
        return self.weight(f"constant_{self.count}", np.array(values, dtype))

    def weight(self, name, values):
        if isinstance(values, torch.Tensor):
            values = values.detach().numpy()
        self.weights[name] = np.ascontiguousarray(values)
        return name

    def linear(self, x, name, weight, bias=None):
        """`weight` is [in, out]."""
        x = self.op("MatMul", x, self.weight(f"{name}.weight", weight))
        return x if bias is None else self.op("Add", x, self.weight(f"{name}.bias", bias))

    def split_heads(self, x, heads):
        return self.op("Transpose", self.op("Reshape", x, self.constant([0, 0, heads, HEAD_WIDTH])), perm=[0, 2, 1, 3])

    def attention_bias(self):
        """[batch, 1, new, all]: 0 where a position may look, a large negative number elsewhere."""
        at = lambda name, axis: self.op("Gather", self.op("Shape", name), self.constant(axis), axis=0)
        new, total = at("input_ids", 1), at("attention_mask", 1)
        step = lambda start, stop: self.op("Range", start, stop, self.constant(1))
        rows = self.op("Unsqueeze", step(self.op("Sub", total, new), total), self.constant([1]))
        causal = self.op("LessOrEqual", step(self.constant(0), total), rows)
        real = self.op("Unsqueeze", self.op("Cast", "attention_mask", to=TensorProto.BOOL), self.constant([1, 2]))
        zero, minus = self.constant(0, np.float32), self.constant(-1e9, np.float32)
        return self.op("Where", self.op("And", causal, real), zero, minus)

    def attend(self, layer, query, key, value, bias):
        """Joins `key` and `value` to the past, and attends. All are [batch, heads, positions, head width]."""
        past = lambda part, x: self.op("Concat", f"past_key_values.{layer}.{part}", x, axis=2, output=f"present.{layer}.{part}")
        key, value = self.repeat_heads(past("key", key)), self.repeat_heads(past("value", value))
        scores = self.op("MatMul", query, self.op("Transpose", key, perm=[0, 1, 3, 2]))
        scores = self.op("Mul", scores, self.constant(HEAD_WIDTH**-0.5, np.float32))
        mixed = self.op("MatMul", self.op("Softmax", self.op("Add", scores, bias), axis=-1), value)
        return self.op("Reshape", self.op("Transpose", mixed, perm=[0, 2, 1, 3]), self.constant([0, 0, WIDTH]))

    kv_heads = HEADS

    def repeat_heads(self, x):
        if self.kv_heads == HEADS:
            return x
        x = self.op("Unsqueeze", x, self.constant([2]))
        x = self.op("Concat", *[x] * (HEADS // self.kv_heads), axis=2)
        return self.op("Reshape", x, self.constant([0, HEADS, -1, HEAD_WIDTH]))

    def layer_norm(self, x, name, norm):
        return self.op("LayerNormalization", x, self.weight(f"{name}.weight", norm.weight), self.weight(f"{name}.bias", norm.bias), epsilon=norm.eps)

    def rms_norm(self, x, name, norm):
        square = self.op("ReduceMean", self.op("Mul", x, x), axes=[-1], keepdims=1)
        root = self.op("Sqrt", self.op("Add", square, self.constant(norm.variance_epsilon, np.float32)))
        return self.op("Mul", self.op("Div", x, root), self.weight(f"{name}.weight", norm.weight))

    def rotate(self, x, cos, sin):
        """RoPE: x · cos + (−second half, first half) · sin."""
        first, second = self.op("Split", x, axis=-1, outputs=2)
        turned = self.op("Concat", self.op("Neg", second), first, axis=-1)
        return self.op("Add", self.op("Mul", x, cos), self.op("Mul", turned, sin))

    def rope(self, theta):
        frequencies = theta ** (-np.arange(0, HEAD_WIDTH, 2, dtype=np.float32) / HEAD_WIDTH)
        positions = self.op("Unsqueeze", self.op("Cast", "position_ids", to=TensorProto.FLOAT), self.constant([1, 3]))
        angles = self.op("Mul", positions, self.constant(np.concatenate([frequencies] * 2), np.float32))
        return self.op("Cos", angles), self.op("Sin", angles)

    def finish(self, vocabulary):
        info = helper.make_tensor_value_info
        names = [f"{layer}.{part}" for layer in range(LAYERS) for part in ("key", "value")]
        cache = lambda kind, length: [
            info(f"{kind}.{name}", TensorProto.FLOAT, ["batch_size", self.kv_heads, length, HEAD_WIDTH]) for name in names
        ]
        inputs = [
            info("input_ids", TensorProto.INT64, ["batch_size", "sequence_length"]),
            info("attention_mask", TensorProto.INT64, ["batch_size", "total_sequence_length"]),
            info("position_ids", TensorProto.INT64, ["batch_size", "sequence_length"]),
            *cache("past_key_values", "past_sequence_length"),
        ]
        logits = info("logits", TensorProto.FLOAT, ["batch_size", "sequence_length", vocabulary])
        weights = [numpy_helper.from_array(values, name) for name, values in self.weights.items()]
        graph = helper.make_graph(self.nodes, "tiny", inputs, [logits, *cache("present", "total_sequence_length")], weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="visuallm")
        onnx.checker.check_model(model, full_check=True)
        return model


def tiny_gpt2():
    settings = dict(vocab_size=TOKENS, n_positions=WINDOW, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS, bos_token_id=0, eos_token_id=0)
    model = GPT2LMHeadModel(GPT2Config(**settings, initializer_range=0.25)).eval()
    body, graph = model.transformer, Graph()
    token = graph.op("Gather", graph.weight("wte", body.wte.weight), "input_ids", axis=0)
    x = graph.op("Add", token, graph.op("Gather", graph.weight("wpe", body.wpe.weight), "position_ids", axis=0))
    bias = graph.attention_bias()
    for layer, block in enumerate(body.h):
        name = f"h.{layer}"
        linear = lambda x, part, module: graph.linear(x, f"{name}.{part}", module.weight, module.bias)  # Conv1D is [in, out].
        normed = graph.layer_norm(x, f"{name}.ln_1", block.ln_1)
        parts = graph.op("Split", linear(normed, "c_attn", block.attn.c_attn), axis=-1, outputs=3)
        mixed = graph.attend(layer, *[graph.split_heads(part, HEADS) for part in parts], bias)
        x = graph.op("Add", x, linear(mixed, "c_proj", block.attn.c_proj))
        up = linear(graph.layer_norm(x, f"{name}.ln_2", block.ln_2), "c_fc", block.mlp.c_fc)
        x = graph.op("Add", x, linear(gelu_tanh(graph, up), "mlp.c_proj", block.mlp.c_proj))
    x = graph.layer_norm(x, "ln_f", body.ln_f)
    graph.op("MatMul", x, graph.op("Transpose", "wte", perm=[1, 0]), output="logits")
    return model, {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], **settings}, graph.finish(TOKENS)


def gelu_tanh(graph, x):
    """x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))"""
    scalar = lambda value: graph.constant(value, np.float32)
    cube = graph.op("Mul", graph.op("Mul", graph.op("Mul", x, x), x), scalar(0.044715))
    tanh = graph.op("Tanh", graph.op("Mul", graph.op("Add", x, cube), scalar((2 / np.pi) ** 0.5)))
    return graph.op("Mul", graph.op("Mul", x, scalar(0.5)), graph.op("Add", tanh, scalar(1)))


def tiny_llama():
    theta = 10000.0
    settings = dict(
        vocab_size=PADDED, max_position_embeddings=WINDOW, hidden_size=WIDTH, intermediate_size=2 * WIDTH,
        num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=KV_HEADS, rms_norm_eps=1e-5,
        bos_token_id=0, eos_token_id=0, tie_word_embeddings=False,
    )
    model = LlamaForCausalLM(LlamaConfig(**settings, rope_theta=theta, initializer_range=0.25)).eval()
    body, graph = model.model, Graph()
    graph.kv_heads = KV_HEADS
    x = graph.op("Gather", graph.weight("embed_tokens", body.embed_tokens.weight), "input_ids", axis=0)
    bias, (cos, sin) = graph.attention_bias(), graph.rope(theta)
    for layer, block in enumerate(body.layers):
        attention, mlp = block.self_attn, block.mlp
        linear = lambda x, part, module: graph.linear(x, f"layers.{layer}.{part}", module.weight.T)  # Linear is [out, in].
        normed = graph.rms_norm(x, f"layers.{layer}.input_norm", block.input_layernorm)
        query = graph.rotate(graph.split_heads(linear(normed, "q", attention.q_proj), HEADS), cos, sin)
        key = graph.rotate(graph.split_heads(linear(normed, "k", attention.k_proj), KV_HEADS), cos, sin)
        value = graph.split_heads(linear(normed, "v", attention.v_proj), KV_HEADS)
        x = graph.op("Add", x, linear(graph.attend(layer, query, key, value, bias), "o", attention.o_proj))
        normed = graph.rms_norm(x, f"layers.{layer}.post_norm", block.post_attention_layernorm)
        gate = linear(normed, "gate", mlp.gate_proj)
        swish = graph.op("Mul", gate, graph.op("Sigmoid", gate))
        x = graph.op("Add", x, linear(graph.op("Mul", swish, linear(normed, "up", mlp.up_proj)), "down", mlp.down_proj))
    x = graph.rms_norm(x, "norm", body.norm)
    graph.op("MatMul", x, graph.weight("lm_head", model.lm_head.weight.T), output="logits")
    config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "rope_theta": theta, **settings}
    return model, config, graph.finish(PADDED)


def write_model(name, model, config, graph, with_tokenizer, tokenizer_class):
    folder = OUT / name
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    onnx.save(graph, folder / "onnx" / "model.onnx")
    with_tokenizer.save(str(folder / "tokenizer.json"))
    write_json(folder / "config.json", config)
    write_json(folder / "generation_config.json", {"bos_token_id": 0, "eos_token_id": [0]})
    specials = dict.fromkeys(("bos_token", "eos_token", "unk_token", "pad_token"), END)
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": tokenizer_class, "model_max_length": WINDOW, **specials})
    cases = [golden(model, with_tokenizer, *case) for case in CASES]
    write_json(OUT / f"golden_{name}.json", {"cases": cases})


@torch.no_grad()
def golden(model, tokenizer, text, completion):
    ids = tokenizer.encode(text).ids
    completion_ids = tokenizer.encode(completion, add_special_tokens=False).ids
    logits = model(torch.tensor([ids + completion_ids])).logits[0]
    logprobs = torch.log_softmax(logits.double(), -1)
    top = logprobs[len(ids) - 1].topk(10)
    scored = [logprobs[len(ids) - 1 + place, id].item() for place, id in enumerate(completion_ids)]
    rounded = lambda values: [round(value, 6) for value in values]
    return {
        "text": text,
        "ids": ids,
        "last_logits": rounded(logits[len(ids) - 1, :20].tolist()),
        "top10": {"ids": top.indices.tolist(), "logprobs": rounded(top.values.tolist())},
        "completion": completion,
        "completion_ids": completion_ids,
        "completion_logprobs": rounded(scored),
    }


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
