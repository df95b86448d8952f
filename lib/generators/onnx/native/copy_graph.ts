/**
 * How rows are copied without leaving a device: an ONNX graph that takes the first `to` of each head's rows, and pads them
 * to another stride with zeros.
 *
 *     s = Slice(x, from = [0], to, axis = [1])
 *     y = Pad(s, pads)
 *
 * Inputs x `[heads, stride, width]`, to `[1]` and pads `[6]`; output y.
 */
import { bytesField, numberField, textField } from "../protobuf_bytes.ts";
import { INT64 } from "./session.ts";

type Bytes = readonly number[];

/** Numbers of the fields that are written, as onnx.proto has them. */
const MODEL = { irVersion: 1, producer: 2, graph: 7, opset: 8 };
const OPSET = { domain: 1, version: 2 };
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 };
const NODE = { input: 1, output: 2, operator: 4 };
const TENSOR = { dims: 1, type: 2, int64s: 7, name: 8 };
const VALUE = { name: 1, type: 2 };
const TYPE = { tensor: 1, element: 1, shape: 2, dim: 1, size: 1, symbol: 2 };

/** The oldest versions with both operators as they are used here. */
const IR_VERSION = 8, OPSET_VERSION = 17;

/** @param elementType of x and y, as ONNX numbers types */
export function copyGraph(elementType: number): Uint8Array<ArrayBuffer> {
  const graph = [
    node("Slice", ["x", "from", "to", "axis"], "s"),
    node("Pad", ["s", "pads"], "y"),
    textField(GRAPH.name, "g"),
    constant("from", 0),
    constant("axis", 1),
    bytesField(GRAPH.input, ...value("x", elementType, ["a", "b", "c"])),
    bytesField(GRAPH.input, ...value("to", INT64, [1])),
    bytesField(GRAPH.input, ...value("pads", INT64, [6])),
    bytesField(GRAPH.output, ...value("y", elementType, ["a", "d", "c"])),
  ];
  return Uint8Array.from([
    ...numberField(MODEL.irVersion, IR_VERSION),
    ...textField(MODEL.producer, ""),
    ...bytesField(MODEL.graph, ...graph),
    ...bytesField(MODEL.opset, textField(OPSET.domain, ""), numberField(OPSET.version, OPSET_VERSION)),
  ]);
}

function node(operator: string, inputs: readonly string[], output: string): Bytes {
  const from = inputs.map((name) => textField(NODE.input, name));
  return bytesField(GRAPH.node, ...from, textField(NODE.output, output), textField(NODE.operator, operator));
}

/** A tensor `[1]` of one whole number. */
function constant(name: string, only: number): Bytes {
  return bytesField(
    GRAPH.initializer,
    numberField(TENSOR.dims, 1),
    numberField(TENSOR.type, INT64),
    bytesField(TENSOR.int64s, [only]),
    textField(TENSOR.name, name),
  );
}

/** @param dims sizes, or letters for those that differ from pass to pass */
function value(name: string, elementType: number, dims: readonly (number | string)[]): readonly Bytes[] {
  const shape = dims.map((dim) =>
    bytesField(TYPE.dim, typeof dim === "number" ? numberField(TYPE.size, dim) : textField(TYPE.symbol, dim))
  );
  const type = bytesField(TYPE.tensor, numberField(TYPE.element, elementType), bytesField(TYPE.shape, ...shape));
  return [textField(VALUE.name, name), bytesField(VALUE.type, type)];
}
