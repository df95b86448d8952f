/** Changes to the bytes of an ONNX file: weights overwritten, names replaced, tensors added. */

const encoder = new TextEncoder();

/** Overwrites the float32 weights of a tensor whose name and data stand in the file one after the other. */
export function withWeights(bytes: Uint8Array, tensor: string, change: (weights: Float32Array) => void): Uint8Array {
  const name = encoder.encode(tensor);
  const start = indexOf(bytes, Uint8Array.of(0x42, name.length, ...name, 0x4a)) + 3 + name.length;
  let at = start, length = 0, scale = 1;
  for (let byte = 0x80; byte >= 0x80; scale *= 128) length += ((byte = bytes[at++] ?? 0) & 0x7f) * scale;
  const weights = new Float32Array(bytes.slice(at, at + length).buffer);
  change(weights);
  const changed = bytes.slice();
  changed.set(new Uint8Array(weights.buffer), at);
  return changed;
}

/** Replaces a name by another of its length, wherever it stands. */
export function renamed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  if (from.length !== to.length) throw new RangeError(`Cannot rename ${from} to ${to}: lengths differ`);
  const changed = bytes.slice(), [wanted, other] = [encoder.encode(from), encoder.encode(to)];
  for (let at = indexOf(changed, wanted); at >= 0; at = find(changed, wanted, at + 1)) changed.set(other, at);
  return changed;
}

/** Adds float32 weights to the graph, whose data lie in another file: parts of one message add up. */
export function withExternal(
  bytes: Uint8Array,
  { location, elements, length }: { readonly location: string; readonly elements: number; readonly length?: number },
): Uint8Array {
  const entry = (key: string, value: string) =>
    field(13, [...field(1, encoder.encode(key)), ...field(2, encoder.encode(value))]);
  const entries = [...entry("location", location), ...(length === undefined ? [] : entry("length", `${length}`))];
  return added(bytes, [...dims(elements), ...named("outside"), ...entries, 0x70, 1]);
}

/** Adds a node with a branch, in which there is a node with a branch, and so on for so many levels. */
export function withBranches(bytes: Uint8Array, levels: number): Uint8Array {
  const NODE = 1, ATTRIBUTE = 5, GRAPH = 6;
  const heads: (readonly number[])[] = [];
  let length = 0;
  for (let level = 0; level < levels; level++) {
    for (const number of [GRAPH, ATTRIBUTE, NODE]) {
      const head = [number * 8 + 2, ...varint(length)];
      heads.push(head);
      length += head.length;
    }
  }
  return joined(bytes, [7 * 8 + 2, ...varint(length), ...heads.toReversed().flat()]);
}

/** Adds float32 weights that hold four bytes, whatever their dimensions claim. */
export function withTensor(bytes: Uint8Array, elements: number): Uint8Array {
  return added(bytes, [...dims(elements), ...named("inside"), ...field(9, [0, 0, 0, 0])]);
}

function added(bytes: Uint8Array, tensor: readonly number[]): Uint8Array {
  return joined(bytes, field(7, field(5, tensor)));
}

function joined(bytes: Uint8Array, more: readonly number[]): Uint8Array {
  const all = new Uint8Array(bytes.length + more.length);
  all.set(bytes);
  all.set(more, bytes.length);
  return all;
}

function dims(elements: number): number[] {
  const FLOAT = 1;
  return [0x08, ...varint(elements), 0x10, FLOAT];
}

function named(name: string): number[] {
  return field(8, encoder.encode(name));
}

function field(number: number, content: Iterable<number>): number[] {
  const values = [...content];
  return [number * 8 + 2, ...varint(values.length), ...values];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [value % 128 + 128, ...varint(Math.floor(value / 128))];
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const at = find(bytes, wanted, 0);
  if (at < 0) throw new RangeError("Cannot change the file: what is to be changed is not in it");
  return at;
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
