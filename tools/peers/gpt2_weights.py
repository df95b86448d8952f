"""Random weights in GPT-2's shape with 124 million parameters (Radford et al., 2019), under the names of three programs.

Speed does not depend on what the weights say, and a model of this size cannot be committed.
"""
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "demo_model"))
from graph import Shape, packed  # noqa: E402

SHAPE = Shape(layers=12, width=768, heads=12, context=1024, vocabulary=50257)
END_ID = SHAPE.vocabulary - 1


def make_weights() -> dict[str, np.ndarray]:
    """Arrays under the names of graph.py, with queries, keys and values apart; matrices are [out, in]."""
    random, width = np.random.default_rng(124), SHAPE.width

    def normal(std: float, *shape: int) -> np.ndarray:
        return random.standard_normal(shape, np.float32) * np.float32(std)

    weights = {"wte.weight": normal(0.06, SHAPE.vocabulary, width), "wpe.weight": normal(0.02, SHAPE.context, width)}
    # Never the most probable token, so that every run is as long as it was asked to be.
    weights["wte.weight"][END_ID] = 0
    sizes = {**{name: (width, width) for name in ("q", "k", "v", "out")},
             "up": (4 * width, width), "down": (width, 4 * width)}
    for layer in range(SHAPE.layers):
        for name in ("ln_1", "ln_2"):
            weights.update(unit_norm(f"{layer}.{name}"))
        for name, (rows, columns) in sizes.items():
            weights[f"{layer}.{name}.weight"] = normal(0.03, rows, columns)
            weights[f"{layer}.{name}.bias"] = normal(0.02, rows)
    return weights | unit_norm("ln_f")


def unit_norm(name: str) -> dict[str, np.ndarray]:
    return {f"{name}.weight": np.ones(SHAPE.width, np.float32), f"{name}.bias": np.zeros(SHAPE.width, np.float32)}


#: A layer's names here → in transformers, and in GGUF.
LAYER_NAMES = {
    "ln_1": ("ln_1", "attn_norm"), "qkv": ("attn.c_attn", "attn_qkv"), "out": ("attn.c_proj", "attn_output"),
    "ln_2": ("ln_2", "ffn_norm"), "up": ("mlp.c_fc", "ffn_up"), "down": ("mlp.c_proj", "ffn_down"),
}
TOP_NAMES = {"wte": ("wte", "token_embd"), "wpe": ("wpe", "position_embd"), "ln_f": ("ln_f", "output_norm")}


def for_transformers(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Its GPT-2 keeps the matrices of a layer as [in, out]."""
    result = {}
    for name, array in packed(weights).items():
        *layer, module, part = name.split(".")
        prefix = f"transformer.h.{layer[0]}." if layer else "transformer."
        is_turned = bool(layer) and array.ndim == 2
        result[prefix + names_of(layer, module)[0] + "." + part] = np.ascontiguousarray(array.T if is_turned else array)
    return result


def for_gguf(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    result = {}
    for name, array in packed(weights).items():
        *layer, module, part = name.split(".")
        prefix = f"blk.{layer[0]}." if layer else ""
        result[prefix + names_of(layer, module)[1] + "." + part] = array
    return result


def names_of(layer: list[str], module: str) -> tuple[str, str]:
    return LAYER_NAMES[module] if layer else TOP_NAMES[module]
