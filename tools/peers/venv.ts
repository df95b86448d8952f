/** A Python environment with pinned packages of other programs. */

export interface Venv {
  readonly python: string;
  /** Why there is none. */
  readonly missing?: string;
}

/** Makes the environment on first use and installs `requirements` in it, some of which compile for minutes. */
export async function makeVenv(folder: string, requirements: readonly string[]): Promise<Venv> {
  const python = `${folder}/bin/python`;
  const steps: readonly (readonly string[])[] = [
    ["python3", "-m", "venv", folder],
    [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...requirements],
  ];
  for (const step of steps) {
    const reason = await failureOf(step);
    if (reason !== undefined) return { python, missing: `cannot be installed here: ${reason}` };
  }
  return { python };
}

/** The lines of a requirements file whose packages are named; all without names. */
export async function readRequirements(file: URL, packages?: readonly string[]): Promise<readonly string[]> {
  const lines = (await Deno.readTextFile(file)).split("\n").filter((line) => line !== "");
  return packages === undefined ? lines : lines.filter((line) => packages.includes(nameOf(line)));
}

/** `llama-cpp-python[server]==0.3.36` is llama-cpp-python. */
export function nameOf(requirement: string): string {
  return requirement.split(/[[=]/)[0] ?? "";
}

/** The last line that a program wrote before it failed; undefined when it went well. */
export async function failureOf([program = "", ...args]: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command(program, { args, stdout: "null" }).output();
    return success
      ? undefined
      : new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "it failed without a word";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
