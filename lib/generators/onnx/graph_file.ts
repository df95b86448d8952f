/**
 * What a graph's file says of itself, read past its weights: names, operators, and where weights are that lie elsewhere.
 *
 * The file is a protobuf (onnx.proto of the ONNX repository, IR version 8), whose fields tell their own lengths: what a field
 * claims and the file does not hold is found before anything native reads or allocates it.
 */
import { Fields } from "./protobuf.ts";

/** Weights in a file beside the graph's. */
export interface ExternalData {
  readonly tensor: string;
  /** As the graph writes it, from the graph's own folder. */
  readonly location: string;
  /** End of the weights in that file. */
  readonly endByte: number;
}

export interface GraphFile {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Width of the output `logits`; absent where the graph leaves it open. */
  readonly logitsWidth?: number;
  readonly operators: ReadonlySet<string>;
  /** Bits of a weight of packed matrices (MatMulNBits), which may differ in one graph; none without them. */
  readonly weightBits: ReadonlySet<number>;
  readonly external: readonly ExternalData[];
}

interface Found {
  readonly inputs: string[];
  readonly outputs: string[];
  readonly operators: Set<string>;
  readonly weightBits: Set<number>;
  readonly external: ExternalData[];
  logitsWidth?: number;
}

/** Numbers of the fields that are read, by message. */
const MODEL = { graph: 7, opsetImport: 8 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const NODE = { operator: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, number: 3, tensor: 5, graph: 6, tensors: 10, graphs: 11 } as const;
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9, external: 13, location: 14 } as const;
/** Numbers or strings that stand in the file one by one. */
const TYPED_DATA: ReadonlySet<number> = new Set([4, 5, 6, 7, 10, 11]);
const IS_EXTERNAL = 1;

/** Bits of an element by the number of its type; others have no fixed size. */
const BITS: Readonly<Record<number, number>> = {
  1: 32,
  2: 8,
  3: 8,
  4: 16,
  5: 16,
  6: 32,
  7: 64,
  9: 8,
  10: 16,
  11: 64,
  12: 32,
  13: 64,
  16: 16,
  17: 8,
  18: 8,
  19: 8,
  20: 8,
  21: 4,
  22: 4,
};

/** @throws {SyntaxError} naming the file, the place in it, and what is wrong there */
export function readGraphFile(path: string): GraphFile {
  const found: Found = { inputs: [], outputs: [], operators: new Set(), weightBits: new Set(), external: [] };
  let hasGraph = false, hasOperators = false;
  using fields = Fields.open(path);
  fields.each((field) => {
    if (field === MODEL.opsetImport) hasOperators = true;
    if (field !== MODEL.graph) return;
    hasGraph = true;
    readGraph(fields, found);
  });
  if (!hasGraph) throw fields.fault("expected a graph");
  if (!hasOperators) {
    throw fields.fault("expected the version of its operators after the graph; the file may be cut off");
  }
  return found;
}

function readGraph(fields: Fields, found: Found): void {
  fields.each((field) => {
    if (field === GRAPH.node) readNode(fields, found);
    else if (field === GRAPH.initializer) readTensor(fields, found);
    else if (field === GRAPH.input) found.inputs.push(readValue(fields).name);
    else if (field === GRAPH.output) {
      const { name, width } = readValue(fields);
      found.outputs.push(name);
      if (name === "logits" && width !== undefined) found.logitsWidth = width;
    }
  });
}

function readNode(fields: Fields, found: Found): void {
  fields.each((field) => {
    if (field === NODE.operator) found.operators.add(fields.text());
    else if (field === NODE.attribute) readAttribute(fields, found);
  });
}

/** Constants and the branches of conditions: they may hold weights too. */
function readAttribute(fields: Fields, found: Found): void {
  let name = "";
  fields.each((field) => {
    if (field === ATTRIBUTE.name) name = fields.text();
    else if (field === ATTRIBUTE.number && name === "bits") {
      for (const bits of fields.numbers()) found.weightBits.add(bits);
    } else if (field === ATTRIBUTE.tensor || field === ATTRIBUTE.tensors) readTensor(fields, found);
    // Subtle: of a branch nothing counts but what it holds; its inputs and outputs are its own.
    else if (field === ATTRIBUTE.graph || field === ATTRIBUTE.graphs) {
      readGraph(fields, { ...found, inputs: [], outputs: [] });
    }
  });
}

/** @throws {SyntaxError} when it claims another size than it holds */
function readTensor(fields: Fields, found: Found): void {
  const entries = new Map<string, string>();
  let name = "", elements = 1, type = 0, heldBytes = 0, isTyped = false, isExternal = false;
  fields.each((field, sizeBytes) => {
    if (field === TENSOR.dims) { for (const size of fields.numbers()) elements *= size; }
    else if (field === TENSOR.type) [type = 0] = fields.numbers();
    else if (field === TENSOR.name) name = fields.text();
    else if (field === TENSOR.raw) heldBytes = sizeBytes;
    else if (field === TENSOR.external) entries.set(...readEntry(fields));
    else if (field === TENSOR.location) isExternal = fields.numbers()[0] === IS_EXTERNAL;
    else if (TYPED_DATA.has(field)) isTyped = true;
  });
  const bits = BITS[type];
  const claimedBytes = bits === undefined ? undefined : Math.ceil(elements * bits / 8);
  if (isExternal) {
    const offset = Number(entries.get("offset") ?? 0), length = Number(entries.get("length") ?? claimedBytes ?? 0);
    if (claimedBytes !== undefined && claimedBytes > length) throw fields.fault(mismatch(name, claimedBytes, length));
    found.external.push({ tensor: name, location: entries.get("location") ?? "", endByte: offset + length });
  } else if (!isTyped && claimedBytes !== undefined && claimedBytes !== heldBytes) {
    throw fields.fault(mismatch(name, claimedBytes, heldBytes));
  }
}

function mismatch(tensor: string, claimedBytes: number, heldBytes: number): string {
  return `its tensor "${tensor}" claims ${claimedBytes} bytes and has ${heldBytes}`;
}

function readEntry(fields: Fields): [key: string, value: string] {
  let key = "", value = "";
  fields.each((field) => {
    if (field === 1) key = fields.text();
    else if (field === 2) value = fields.text();
  });
  return [key, value];
}

/** Name and last dimension of an input or output: value → type → tensor → shape → dimension → number. */
function readValue(fields: Fields): { readonly name: string; readonly width?: number } {
  let name = "", width: number | undefined;
  const inside = (wanted: number, read: () => void) => () => fields.each((field) => field === wanted && read());
  const readWidth = () => {
    width = undefined;
    fields.each((field) => field === 1 && ([width] = fields.numbers()));
  };
  const readShape = inside(1, inside(2, inside(1, readWidth)));
  fields.each((field) => {
    if (field === 1) name = fields.text();
    else if (field === 2) readShape();
  });
  return { name, ...(width === undefined ? {} : { width }) };
}
