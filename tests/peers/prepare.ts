/** Real programs of others to test against, in a Python environment that is made on first use. */

const ROOT = new URL("../../", import.meta.url);
const VENV = new URL(".cache/peers/venv/", ROOT).pathname;
const REQUIREMENTS = new URL("tools/peers/requirements.txt", ROOT).pathname;
const SWITCH = "VISUALLM_TEST_PEERS";

/** The interpreter of the environment, or why there is none. */
export interface Peers {
  readonly python: string;
  /** Absent when everything is installed. */
  readonly missing?: string;
}

/** Installs the packages of `tools/peers/requirements.txt`, which may compile for some minutes the first time. */
export function preparePeers(packages: readonly string[]): Promise<Peers> {
  if (Deno.env.get(SWITCH) !== "1") {
    return Promise.resolve({
      python: "",
      missing: "runs with `deno task test:peers` only, which installs Python packages",
    });
  }
  return install(packages);
}

async function install(packages: readonly string[]): Promise<Peers> {
  const given = Deno.env.get("VISUALLM_PEERS_PYTHON");
  const python = given ?? `${VENV}bin/python`;
  const pinned = (await Deno.readTextFile(REQUIREMENTS)).split("\n").filter((line) => packages.includes(nameOf(line)));
  const steps: readonly (readonly string[])[] = given !== undefined ? [] : [
    ["python3", "-m", "venv", VENV],
    [python, "-m", "pip", "install", "--quiet", ...pinned],
  ];
  for (const step of steps) {
    const reason = await failureOf(step);
    if (reason !== undefined) return { python, missing: `cannot be installed here: ${reason}` };
  }
  return { python };
}

/** `llama-cpp-python[server]==0.3.36` is llama-cpp-python. */
function nameOf(requirement: string): string {
  return requirement.split(/[[=]/)[0] ?? "";
}

async function failureOf([program = "", ...args]: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command(program, { args, stdout: "null" }).output();
    return success
      ? undefined
      : new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "it failed without a word";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A test that needs a peer; it says why where it is left out. */
export function peerTest(name: string, { python, missing }: Peers, run: (python: string) => Promise<void>): void {
  if (missing !== undefined) console.log(`left out: ${name}: ${missing}`);
  Deno.test({ name, ignore: missing !== undefined, fn: () => run(python) });
}
