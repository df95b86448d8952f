/**
 * Fields of a protobuf file, one after the other, without loading what nobody asks for
 * (protobuf.dev/programming-guides/encoding).
 */

/** How a field's value stands in the file, by the low bits of its tag. */
const VARINT = 0, FIXED_64 = 1, BYTES = 2, FIXED_32 = 5;

/** Read at once; longer texts than this are none. */
const WINDOW = 64 * 1024;

/** Most messages in one another below the whole file: as many as protobuf's own library reads. */
const MOST_NESTED = 100;

/** A walk through a message and the messages in it. */
export class Fields {
  readonly #file: Deno.FsFile;
  readonly #window = new Uint8Array(WINDOW);
  #windowStart = 0;
  #windowLength = 0;
  #at = 0;
  /** End of the field that is being visited. */
  #end: number;
  #wire = BYTES;
  /** Messages around the one that is being visited. */
  #depth = 0;

  private constructor(readonly path: string, file: Deno.FsFile, size: number) {
    this.#file = file;
    this.#end = size;
  }

  static open(path: string): Fields {
    const file = Deno.openSync(path);
    return new Fields(path, file, file.statSync().size);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  fault(reason: string): SyntaxError {
    return new SyntaxError(`Cannot load ${this.path}: ${reason} (at byte ${this.#at})`);
  }

  /**
   * Visits the fields of the message that is being visited, which is the file at first. In `visit`, `text`, `numbers` and
   * `each` read the field; what is not read is passed over.
   * @throws {SyntaxError} where the bytes are no message, a field goes on beyond its end, or messages lie too deep
   */
  each(visit: (field: number, sizeBytes: number) => void): void {
    const end = this.#end, wire = this.#wire;
    if (wire !== BYTES) throw this.fault("it is not an ONNX model: expected a message");
    if (this.#depth > MOST_NESTED) {
      throw this.fault(`it is not an ONNX model: expected at most ${MOST_NESTED} messages in one another`);
    }
    this.#depth++;
    while (this.#at < end) {
      const tag = this.#varint(end), field = Math.floor(tag / 8);
      this.#wire = tag % 8;
      const size = this.#sizeOf(field, end);
      if (size > end - this.#at) {
        throw this.fault(`a field claims ${size} bytes, and ${end - this.#at} are left; the file may be cut off`);
      }
      const next = this.#end = this.#at + size;
      visit(field, size);
      this.#at = next;
    }
    this.#depth--;
    [this.#end, this.#wire] = [end, wire];
  }

  /** The field's text. */
  text(): string {
    const length = this.#end - this.#at;
    if (this.#wire !== BYTES || length > WINDOW) throw this.fault("it is not an ONNX model: expected a text");
    this.#fill(length);
    const start = this.#at - this.#windowStart;
    return new TextDecoder().decode(this.#window.subarray(start, start + length));
  }

  /** The field's whole number, or its several packed ones. */
  numbers(): number[] {
    const numbers: number[] = [];
    while (this.#at < this.#end) numbers.push(this.#varint(this.#end));
    return numbers;
  }

  #sizeOf(field: number, end: number): number {
    if (field > 0) {
      if (this.#wire === BYTES) return this.#varint(end);
      if (this.#wire === FIXED_64) return 8;
      if (this.#wire === FIXED_32) return 4;
      if (this.#wire === VARINT) return this.#varintSize(end);
    }
    throw this.fault("it is not an ONNX model: expected a field");
  }

  #varintSize(end: number): number {
    const start = this.#at;
    this.#varint(end);
    const size = this.#at - start;
    this.#at = start;
    return size;
  }

  /** Subtle: numbers beyond 2⁵³ lose their last digits, and are far beyond any size that a file has. */
  #varint(end: number): number {
    let value = 0, scale = 1;
    for (let count = 0; count < 10; count++) {
      if (this.#at >= end) throw this.fault("it ends within a number; the file may be cut off");
      this.#fill(1);
      const byte = this.#window[this.#at++ - this.#windowStart] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw this.fault("it is not an ONNX model: expected a number");
  }

  /** Sees to it that the next `length` bytes are in the window. */
  #fill(length: number): void {
    if (this.#at >= this.#windowStart && this.#at + length <= this.#windowStart + this.#windowLength) return;
    this.#file.seekSync(this.#at, Deno.SeekMode.Start);
    this.#windowStart = this.#at;
    this.#windowLength = 0;
    while (this.#windowLength < WINDOW) {
      const read = this.#file.readSync(this.#window.subarray(this.#windowLength));
      if (read === null) break;
      this.#windowLength += read;
    }
  }
}
