"""Writes the graphs of the committed model anew around its weights: no training, no checkpoint.

For when a graph's form changes. Every number stays what it was but for rounding, which the tests hold against PyTorch's values.
Run from the repository root with the packages of requirements.txt installed, and `quantize.py` afterwards:

    python tools/demo_model/rewrite.py
"""
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from export import write_graphs

FOLDER = Path(__file__).resolve().parents[2] / "models" / "demo"


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """Under the names of graph.py, as the file stores them; matrices of linear layers lie there as [in, out]."""
    weights = {}
    for tensor in onnx.load(path).graph.initializer:
        name, array = tensor.name.removesuffix(".fp16"), numpy_helper.to_array(tensor)
        if name == tensor.name:
            continue  # a constant of the graph
        is_linear = array.ndim == 2 and name[0].isdigit()
        weights[name] = np.ascontiguousarray(array.T) if is_linear else array
    return weights


if __name__ == "__main__":
    write_graphs(read_weights(FOLDER / "onnx" / "model.onnx"), FOLDER)
