import { Element, type ElementOptions } from "../element.ts";

export interface ImageState {
  /** A data URL. */
  readonly source: string;
  readonly alt: string;
  /** In CSS pixels; null on the wire where the picture's own size counts. */
  readonly width: number | undefined;
  readonly height: number | undefined;
}

export interface ImageOptions extends ElementOptions {
  /** What the picture shows, for those who do not see it. */
  readonly alt: string;
  readonly width?: number;
  readonly height?: number;
}

/** The bytes of a picture, or its data URL. */
export type ImageSource = Uint8Array | string;

const EXPECTED = "expected a PNG, JPEG, WebP or GIF as bytes or as a base64 data URL";

export class Image extends Element<ImageState> {
  /** @throws {TypeError} for anything but PNG, JPEG, WebP and GIF; {RangeError} for a size that is no whole number */
  constructor(source: ImageSource, { alt, width, height, ...options }: ImageOptions) {
    super("image", { source: toDataUrl(source), alt, width, height }, options);
    for (const [side, size] of Object.entries({ width, height })) {
      if (size === undefined || (Number.isInteger(size) && size > 0)) continue;
      throw new RangeError(`Cannot show image "${alt}": its ${side} must be a whole number above 0, got ${size}`);
    }
  }

  /** Another picture; the description stays unless one is given. @throws {TypeError} as `image()` */
  set(source: ImageSource, alt: string = this.state.alt): void {
    this.change({ source: toDataUrl(source), alt });
  }
}

/**
 * A picture: PNG, JPEG, WebP or GIF, told by its first bytes and not by its name.
 * @example image(await Deno.readFile("attention.png"), { alt: "Attention of layer 3" })
 * @throws {TypeError} for SVG, other formats, and URLs that are no data
 */
export function image(source: ImageSource, options: ImageOptions): Image {
  return new Image(source, options);
}

function toDataUrl(source: ImageSource): string {
  if (typeof source === "string") return checkDataUrl(source);
  const type = typeOf(source);
  if (type === undefined) throw new TypeError(`Cannot show an image whose bytes start ${hex(source)}: ${EXPECTED}`);
  return `data:${type};base64,${base64(source)}`;
}

const START_CHARACTERS = 32;

function checkDataUrl(url: string): string {
  const [, declared = "", data = ""] = /^data:(image\/[a-z]+);base64,([A-Za-z0-9+/]+={0,2})$/.exec(url) ?? [];
  const start = url.length > START_CHARACTERS ? `${url.slice(0, START_CHARACTERS)}…` : url;
  if (declared === "" || data.length % 4 !== 0) {
    throw new TypeError(`Cannot show image ${JSON.stringify(start)}: ${EXPECTED}`);
  }
  const type = typeOf(Uint8Array.from(atob(data.slice(0, START_CHARACTERS)), (character) => character.charCodeAt(0)));
  if (type === declared) return url;
  const what = type === undefined ? "is none of these" : `is ${type}`;
  throw new TypeError(`Cannot show image ${JSON.stringify(start)}: its data ${what}, ${EXPECTED}`);
}

/** Type → bytes at offsets. https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern */
const SIGNATURES: readonly (readonly [type: string, ...parts: readonly (readonly [offset: number, text: string])[]])[] =
  [
    ["image/png", [0, "\x89PNG\r\n\x1A\n"]],
    ["image/jpeg", [0, "\xFF\xD8\xFF"]],
    ["image/webp", [0, "RIFF"], [8, "WEBPVP"]],
    ["image/gif", [0, "GIF87a"]],
    ["image/gif", [0, "GIF89a"]],
  ];

function typeOf(bytes: Uint8Array): string | undefined {
  const isAt = (offset: number, text: string) =>
    [...text].every((character, index) => bytes[offset + index] === character.charCodeAt(0));
  return SIGNATURES.find(([, ...parts]) => parts.every(([offset, text]) => isAt(offset, text)))?.[0];
}

/** In slices, since a call takes only so many arguments. */
function base64(bytes: Uint8Array): string {
  const SLICE = 0x8000;
  let binary = "";
  for (let start = 0; start < bytes.length; start += SLICE) {
    binary += String.fromCharCode(...bytes.subarray(start, start + SLICE));
  }
  return btoa(binary);
}

function hex(bytes: Uint8Array): string {
  const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
  return start.length === 0 ? "nowhere (there are none)" : start.join(" ");
}
