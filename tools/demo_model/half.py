"""Writes a model's graph in half precision beside the exact one: `python half.py FOLDER...`, as `onnx/model_fp16.onnx`.

A GPU wants it: CUDA has GroupQueryAttention for half precision alone. Weights, keys, values and logits are fp16 then.
"""
import sys
from pathlib import Path

import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16


def main(folders: list[str]) -> None:
    for folder in folders:
        exact = Path(folder) / "onnx" / "model.onnx"
        # Shapes are not inferred, as inference ends at operators that ONNX does not define; none is needed here.
        half = convert_float_to_float16(onnx.load(exact), keep_io_types=False, disable_shape_infer=True)
        onnx.save(half, exact.with_name("model_fp16.onnx"))


if __name__ == "__main__":
    main(sys.argv[1:])
