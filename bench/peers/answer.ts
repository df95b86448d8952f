/** The loop of a contestant in TypeScript. */
import { linesOf } from "./lines.ts";
import type { Request } from "./protocol.ts";

/** Answers every request on standard input until it ends. */
export async function answerAll(answer: (request: Request) => Promise<readonly number[]>): Promise<void> {
  const encoder = new TextEncoder();
  for await (const line of linesOf(Deno.stdin.readable)) {
    let reply: unknown;
    try {
      // The other side is contestant.ts, which sends nothing else.
      reply = { values: await answer(JSON.parse(line) as Request) };
    } catch (error) {
      reply = { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
    const writer = Deno.stdout.writable.getWriter();
    await writer.write(encoder.encode(JSON.stringify(reply) + "\n"));
    writer.releaseLock();
  }
}
