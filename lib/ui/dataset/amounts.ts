/** Sizes and times as a person says them. */
import { milliseconds, plural } from "../number_format.ts";

/** A size in powers of ten: 512 bytes, 3.4 MB, 1.25 GB. */
export function bytes(size: number): string {
  if (size < 1e3) return plural(size, "byte", "bytes");
  const [unit, name] = size < 1e6 ? [1e3, "kB"] as const : size < 1e9 ? [1e6, "MB"] as const : [1e9, "GB"] as const;
  return `${(size / unit).toFixed(size < 1e9 ? 1 : 2)} ${name}`;
}

/** How long something takes: 8 s, 3 min, 2.5 h. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1) return milliseconds(ms);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 90 * 60 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
