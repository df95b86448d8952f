/** Real programs of others to test against, in a Python environment that is made on first use. */
import { makeVenv, readRequirements, type Venv } from "../../tools/peers/venv.ts";

const ROOT = new URL("../../", import.meta.url);
const VENV = new URL(".cache/peers/venv", ROOT).pathname;
const REQUIREMENTS = new URL("tools/peers/requirements.txt", ROOT);
const SWITCH = "VISUALLM_TEST_PEERS";

/** Installs the packages of `tools/peers/requirements.txt`, which may compile for some minutes the first time. */
export async function preparePeers(packages: readonly string[]): Promise<Venv> {
  if (Deno.env.get(SWITCH) !== "1") {
    return {
      python: "",
      missing: "runs with `deno task test:peers` only, which installs Python packages",
    };
  }
  const given = Deno.env.get("VISUALLM_PEERS_PYTHON");
  if (given !== undefined) return { python: given };
  return await makeVenv(VENV, await readRequirements(REQUIREMENTS, packages));
}

/** A test that needs a peer; it says why where it is left out. */
export function peerTest(name: string, { python, missing }: Venv, run: (python: string) => Promise<void>): void {
  if (missing !== undefined) console.log(`left out: ${name}: ${missing}`);
  Deno.test({ name, ignore: missing !== undefined, fn: () => run(python) });
}
