/** L5: Clients that want more than the model can do get equal shares of it, however many requests each has waiting. */
import assert from "node:assert/strict";
import { Admission } from "../../../lib/server/admission/admission.ts";
import { startApp } from "../../rig/app_process.ts";
import { FakeClock, settled } from "../../rig/fake_clock.ts";
import { readRun } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";

const CLIENTS = 10, RUNS = 20;
const SHARE_LIMIT = 1.5;

Deno.test("L5: ten clients with 20 runs each, over HTTP", async () => {
  await using app = await startApp({ flags: { slots: 1 } });
  const shares = new Shares();
  const worker = async (client: number, left: { runs: number }) => {
    while (left.runs-- > 0) {
      await readRun(app, { generator: "brisk", tokens: 1, client: `client ${client}` });
      shares.add(client);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, async (_, client) => {
    const left = { runs: RUNS };
    await Promise.all([1, 2, 3].map(() => worker(client, left)));
  }));
  measured("L5", `${shares.check()} runs a client after half of ${CLIENTS * RUNS}`);
});

Deno.test("L5: clients that keep four runs waiting get no more than those that keep two", async () => {
  const admission = new Admission({ slots: 1, queue: 32, clientQueue: 4, waitMs: 120_000 }, new FakeClock());
  const shares = new Shares();
  let work = Promise.resolve();
  const worker = async (client: number, left: { runs: number }) => {
    while (left.runs-- > 0) {
      const ticket = admission.enter(`client ${client}`);
      for await (const _ of ticket.wait());
      // Whoever is served ends when everybody else has had the time to ask again.
      await (work = work.then(settled));
      ticket.leave();
      shares.add(client);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, async (_, client) => {
    const left = { runs: RUNS };
    const atOnce = client % 2 === 0 ? 4 : 2;
    await Promise.all(Array.from({ length: atOnce }, () => worker(client, left)));
  }));
  measured("L5", `${shares.check()} where half of the clients keep four waiting and half two`);
});

/** Runs that each client has had, and had when half of all were done. */
class Shares {
  readonly #done = Array.from({ length: CLIENTS }, () => 0);
  #atHalf: readonly number[] = [];

  add(client: number): void {
    this.#done[client] = (this.#done[client] ?? 0) + 1;
    const total = this.#done.reduce((sum, runs) => sum + runs, 0);
    if (total === CLIENTS * RUNS / 2) this.#atHalf = [...this.#done];
  }

  check(): string {
    assert.deepEqual(this.#done, this.#done.map(() => RUNS));
    const [least, most] = [Math.min(...this.#atHalf), Math.max(...this.#atHalf)];
    assert.ok(most / least <= SHARE_LIMIT, this.#atHalf.join());
    return `${least} to ${most}`;
  }
}
