/** Rights as flags of `deno run` give them, and what a process asked for, as Deno records it. */
import { isAbsolute, relative, resolve } from "node:path";

/** One entry of a flag, such as the host of `--allow-net=host`; without a value, the whole right. */
export interface Grant {
  readonly flag: string;
  /** `net`, `read`, `env` … */
  readonly right: string;
  readonly value?: string;
}

/** Something that a process did, or would have done. */
export interface Access {
  readonly right: string;
  /** A path, a name, a host with its port; empty for the right as a whole. */
  readonly value: string;
}

export function grantsOf(flags: readonly string[]): readonly Grant[] {
  return flags.flatMap((flag) => {
    const [, right, values] = /^--allow-(\w+)(?:=(.+))?$/.exec(flag) ?? [];
    if (right === undefined) return [];
    return values === undefined ? [{ flag, right }] : values.split(",").map((value) => ({ flag, right, value }));
  });
}

/** Whether the grant allows the access. @param root folder that the process was started from */
export function allows({ right, value }: Grant, access: Access, root: string): boolean {
  if (right !== access.right) return false;
  if (value === undefined) return true;
  if (right === "net") return access.value === value || access.value.replace(/:\d+$/, "") === value;
  if (right !== "read" && right !== "write") return access.value === value;
  const within = relative(resolve(root, value), access.value);
  return !isAbsolute(within) && within.split("/")[0] !== "..";
}

/** What a process asked for: each once. @param path the file that `DENO_AUDIT_PERMISSIONS` named */
export async function readAccesses(path: string): Promise<readonly Access[]> {
  const accesses = new Map<string, Access>();
  for (const line of (await Deno.readTextFile(path)).trimEnd().split("\n")) {
    const { permission: right, value } = JSON.parse(line);
    // Fetching is recorded by the address, and then again by its host.
    const text: string = URL.canParse(value) && right === "net" ? new URL(value).host || value : value ?? "";
    accesses.set(`${right} ${text}`, { right, value: text });
  }
  return [...accesses.values()];
}
