/** Fields of a protobuf message as bytes (protobuf.dev/programming-guides/encoding). */

type Bytes = readonly number[];

/** How a field's value stands, by the low bits of its tag. */
const VARINT = 0, BYTES = 2;
const encoder = new TextEncoder();

/** A field that holds a whole number from 0. */
export function numberField(field: number, value: number): Bytes {
  return [...varint(field * 8 + VARINT), ...varint(value)];
}

export function textField(field: number, text: string): Bytes {
  return bytesField(field, [...encoder.encode(text)]);
}

/** A field that holds a message of the given fields, or the packed values of a list of numbers below 128. */
export function bytesField(field: number, ...content: readonly Bytes[]): Bytes {
  const bytes = content.flat();
  return [...varint(field * 8 + BYTES), ...varint(bytes.length), ...bytes];
}

/** Seven bits a byte, the lowest first; the high bit says that more follow. */
function varint(value: number): Bytes {
  return value < 128 ? [value] : [value % 128 + 128, ...varint(Math.floor(value / 128))];
}
