import assert from "node:assert/strict";
import { inTime } from "../../../lib/server/admission/in_time.ts";
import { FakeClock, settled } from "../../rig/fake_clock.ts";

/** As libraries of queries have it: work that begins when it is awaited, and is none of the language's promises. */
class Query implements PromiseLike<string> {
  constructor(readonly answer: Promise<string>) {}

  then<One, Other>(
    onAnswer?: ((answer: string) => One | PromiseLike<One>) | null,
    onError?: ((reason: unknown) => Other | PromiseLike<Other>) | null,
  ): Promise<One | Other> {
    return this.answer.then(onAnswer, onError);
  }
}

Deno.test("inTime() waits for whatever can be awaited, and no longer than its time", async () => {
  const clock = new FakeClock();
  assert.equal(await inTime(clock, 1_000, "at once", "late"), "at once");
  assert.equal(await inTime(clock, 1_000, new Query(Promise.resolve("in time")), "late"), "in time");
  await assert.rejects(inTime(clock, 1_000, new Query(Promise.reject(new Error("refused"))), "late"), /refused/);
  const never = assert.rejects(inTime(clock, 1_000, new Query(new Promise(() => {})), "It did not answer"), {
    message: /It did not answer within 1 s/,
  });
  await settled();
  await clock.pass(1_000);
  await never;
});
