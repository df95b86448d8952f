"""Makes of the tiny Llamas of fixtures.py ones whose caches have a fixed size, so that PyTorch's numbers are the same.

Past and present are `[batch, heads, window, head width]` at every step: new rows are scattered to their `position_ids`, and a
mask over the whole window says what may be looked at. Run from the repository root with the packages of requirements.txt
(torch is not needed):

    python tools/demo_model/fixtures_fixed.py
"""
import pathlib
import shutil

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

OUT = pathlib.Path("tests/fixtures")
WINDOW = 256
PAST = "past_key_values."


def main():
    source, folder = OUT / "tiny_llama", OUT / "tiny_llama_fixed"
    shutil.copytree(source, folder, dirs_exist_ok=True)
    load = lambda: onnx.load(source / "onnx" / "model.onnx")
    window = {"past_sequence_length": WINDOW, "total_sequence_length": WINDOW}
    onnx.save(fixed(load(), scattered, window), folder / "onnx" / "model.onnx")
    # As exporters for small machines have it, where every size is fixed.
    onnx.save(fixed(load(), scattered, {**window, "batch_size": 1, "sequence_length": 1}), OUT / "one_token.onnx")
    onnx.save(fixed(load(), shifted, window), OUT / "shifted_cache.onnx")
    quantize_dynamic(folder / "onnx" / "model.onnx", folder / "onnx" / "model_quantized.onnx", weight_type=QuantType.QInt8)
    grouped = onnx.load(OUT / "tiny_llama_gqa" / "onnx" / "model.onnx")
    resize(grouped.graph, window)
    onnx.save(grouped, OUT / "grouped_fixed.onnx")


def fixed(model, present, sizes):
    """The same network over caches of a fixed size; `present` says how new rows get into them."""
    graph, nodes = model.graph, []
    weight(graph, "axes_1_3", [1, 3])
    weight(graph, "columns", range(WINDOW))
    # A position looks at those up to its own, wherever in the cache it is.
    nodes.append(helper.make_node("Unsqueeze", ["position_ids", "axes_1_3"], ["rows"]))
    for node in graph.node:
        if node.op_type == "LessOrEqual":
            node.input[:] = ["columns", "rows"]
        is_joint = node.op_type == "Concat" and node.input[0].startswith(PAST)
        nodes.extend(present(graph, *node.input, node.output[0]) if is_joint else [node])
    keep(graph, nodes)
    resize(graph, sizes)
    onnx.checker.check_model(model, full_check=True)
    return model


def resize(graph, sizes):
    """Gives what a graph leaves open, by name, one size."""
    for value in [*graph.input, *graph.output]:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in sizes:
                dim.dim_value = sizes[dim.dim_param]


def scattered(_graph, past, new, present):
    """New rows at their positions, in each head and over its width."""
    return [
        helper.make_node("Shape", [new], [f"{present}.shape"]),
        helper.make_node("Expand", ["rows", f"{present}.shape"], [f"{present}.places"]),
        helper.make_node("ScatterElements", [past, f"{present}.places", new], [present], axis=2),
    ]


def shifted(graph, past, new, present):
    """New rows at the end, where no mask of ours shows them."""
    weight(graph, "last_axis", [2])
    weight(graph, "end", [WINDOW])
    return [
        helper.make_node("Shape", [new], [f"{present}.count"], start=2, end=3),
        helper.make_node("Slice", [past, f"{present}.count", "end", "last_axis"], [f"{present}.kept"]),
        helper.make_node("Concat", [f"{present}.kept", new], [present], axis=2),
    ]


def weight(graph, name, values):
    if all(known.name != name for known in graph.initializer):
        graph.initializer.append(numpy_helper.from_array(np.array(values, np.int64), name))


def keep(graph, nodes):
    """Leaves out what no output needs any more."""
    needed, kept = {value.name for value in graph.output}, []
    for node in reversed(nodes):
        if needed.isdisjoint(node.output):
            continue
        needed.update(node.input)
        kept.insert(0, node)
    del graph.node[:]
    graph.node.extend(kept)
    weights = [value for value in graph.initializer if value.name in needed]
    del graph.initializer[:]
    graph.initializer.extend(weights)


if __name__ == "__main__":
    main()
