"""Writes a tiny random Llama whose attention is one node a layer (GroupQueryAttention), and what PyTorch says of it.

Two heads of keys and values serve four of queries, positions are rotated in the node itself, so the graph takes no
`position_ids`; a head is wider than the model's width over its heads, and the window is long. Run from the repository root with
the packages of requirements.txt:

    python tools/demo_model/fixtures_grouped.py
"""
import random

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import processors
from transformers import LlamaConfig, LlamaForCausalLM

import fixtures
from fixtures import END, LAYERS, OUT, PADDED, SEED, TOKENS

WIDTH, HEADS, KV_HEADS, HEAD_WIDTH, WINDOW, THETA = 32, 4, 2, 16, 8192, 10000.0
NAME = "tiny_llama_gqa"


class GroupedGraph(fixtures.Graph):
    """Attention by the node that may write new keys and values where the past ones lie."""

    def lengths(self):
        """Last position of each row, and positions that there is room for, as the node wants them."""
        one = self.constant([1])
        length = self.op("ReduceSum", "attention_mask", one, keepdims=0)
        last = self.op("Cast", self.op("Sub", length, one), to=TensorProto.INT32)
        total = self.op("Gather", self.op("Shape", "attention_mask"), self.constant(1), axis=0)
        return last, self.op("Cast", total, to=TensorProto.INT32)

    def rotations(self):
        """Cosines and sines of every position, [window, head width / 2]."""
        frequencies = THETA ** (-np.arange(0, HEAD_WIDTH, 2, dtype=np.float32) / HEAD_WIDTH)
        positions = self.constant(np.arange(WINDOW)[:, None], np.float32)
        angles = self.op("Mul", positions, self.constant(frequencies, np.float32))
        return self.op("Cos", angles), self.op("Sin", angles)

    def attend_grouped(self, layer, query, key, value, lengths, rotations):
        past = [f"past_key_values.{layer}.{part}" for part in ("key", "value")]
        self.count += 1
        mixed = f"attention_{self.count}"
        outputs = [mixed, *(f"present.{layer}.{part}" for part in ("key", "value"))]
        self.nodes.append(helper.make_node(
            "GroupQueryAttention", [query, key, value, *past, *lengths, *rotations], outputs, domain="com.microsoft",
            num_heads=HEADS, kv_num_heads=KV_HEADS, scale=HEAD_WIDTH**-0.5, do_rotary=1, rotary_interleaved=0))
        return mixed

    def finish_grouped(self):
        info = helper.make_tensor_value_info
        names = [f"{layer}.{part}" for layer in range(LAYERS) for part in ("key", "value")]
        cache = lambda kind, length: [
            info(f"{kind}.{name}", TensorProto.FLOAT, ["batch_size", KV_HEADS, length, HEAD_WIDTH]) for name in names
        ]
        inputs = [
            info("input_ids", TensorProto.INT64, ["batch_size", "sequence_length"]),
            info("attention_mask", TensorProto.INT64, ["batch_size", "total_sequence_length"]),
            *cache("past_key_values", "past_sequence_length"),
        ]
        logits = info("logits", TensorProto.FLOAT, ["batch_size", "sequence_length", PADDED])
        weights = [numpy_helper.from_array(values, name) for name, values in self.weights.items()]
        outputs = [logits, *cache("present", "total_sequence_length")]
        graph = helper.make_graph(self.nodes, "tiny", inputs, outputs, weights)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="visuallm")
        onnx.checker.check_model(model)
        return model


def make():
    """The network, its config and its graph."""
    settings = dict(
        vocab_size=PADDED, max_position_embeddings=WINDOW, hidden_size=WIDTH, intermediate_size=2 * WIDTH,
        num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=KV_HEADS, head_dim=HEAD_WIDTH,
        rms_norm_eps=1e-5, bos_token_id=0, eos_token_id=0, tie_word_embeddings=True,
    )
    model = LlamaForCausalLM(LlamaConfig(**settings, rope_theta=THETA, initializer_range=0.25)).eval()
    body, graph = model.model, GroupedGraph()
    x = graph.op("Gather", graph.weight("embed_tokens", body.embed_tokens.weight), "input_ids", axis=0)
    lengths, rotations = graph.lengths(), graph.rotations()
    for layer, block in enumerate(body.layers):
        attention, mlp = block.self_attn, block.mlp
        linear = lambda x, part, module: graph.linear(x, f"layers.{layer}.{part}", module.weight.T)
        normed = graph.rms_norm(x, f"layers.{layer}.input_norm", block.input_layernorm)
        projected = [linear(normed, part, getattr(attention, f"{part}_proj")) for part in "qkv"]
        mixed = graph.attend_grouped(layer, *projected, lengths, rotations)
        x = graph.op("Add", x, linear(mixed, "o", attention.o_proj))
        normed = graph.rms_norm(x, f"layers.{layer}.post_norm", block.post_attention_layernorm)
        gate = linear(normed, "gate", mlp.gate_proj)
        swish = graph.op("Mul", gate, graph.op("Sigmoid", gate))
        x = graph.op("Add", x, linear(graph.op("Mul", swish, linear(normed, "up", mlp.up_proj)), "down", mlp.down_proj))
    x = graph.rms_norm(x, "norm", body.norm)
    graph.op("MatMul", x, graph.op("Transpose", "embed_tokens", perm=[1, 0]), output="logits")
    config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "rope_theta": THETA, **settings}
    return model, config, graph.finish_grouped()


@torch.no_grad()
def prefixes(model):
    """What follows exact ids: families that branch from one beginning, of lengths on both sides of a chunk and of a room."""
    r, cases = random.Random(SEED), []
    draw = lambda count: [0, *(r.randrange(1, TOKENS) for _ in range(count))]
    for stem in (draw(1), draw(20), draw(62), draw(63), draw(64), draw(127), draw(200), draw(700)):
        for tail in range(4):
            ids = stem + [r.randrange(1, TOKENS) for _ in range(tail)]
            logprobs = model(torch.tensor([ids])).logits[0, -1].double().log_softmax(-1)
            top = logprobs.topk(10)
            cases.append({"ids": ids, "top": top.indices.tolist(), "logprobs": [round(x, 6) for x in top.values.tolist()]})
    return cases


def main():
    tokenizer = fixtures.train_tokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(f"{END} $A", special_tokens=[(END, 0)])
    torch.manual_seed(SEED + 2)
    model, config, graph = make()
    fixtures.write_model(NAME, model, config, graph, with_tokenizer=tokenizer, tokenizer_class="PreTrainedTokenizerFast")
    fixtures.write_json(OUT / f"golden_{NAME}_prefixes.json", {"prefixes": prefixes(model)})


if __name__ == "__main__":
    main()
