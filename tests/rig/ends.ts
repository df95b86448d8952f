/** Ends with a deadline: what does not end fails its test and says what it waits for, rather than hold up all others. */

const DEADLINE_MS = 30_000;

/**
 * Waits for a process that was told to end.
 * @throws {Error} with what its threads were doing, once it is killed, when it does not
 */
export async function endOf(child: Deno.ChildProcess): Promise<Deno.CommandStatus> {
  const status = await within(child.status);
  if (status !== undefined) return status;
  const threads = await threadsOf(child.pid);
  child.kill("SIGKILL");
  await child.status;
  throw new Error(`Process ${child.pid} did not end within ${DEADLINE_MS / 1000} s:\n${threads.join("\n")}`);
}

/** Lets a server end its requests. @throws {Error} when one of them does not end */
export async function endServer(server: Deno.HttpServer<Deno.NetAddr>): Promise<void> {
  const isOver = await within(server.shutdown().then(() => true));
  if (isOver) return;
  throw new Error(`A request of the server on port ${server.addr.port} did not end within ${DEADLINE_MS / 1000} s`);
}

/** Undefined when it takes longer than the deadline. */
async function within<Value>(work: Promise<Value>): Promise<Value | undefined> {
  let timer: number | undefined;
  const late = new Promise<undefined>((resolve) => timer = setTimeout(resolve, DEADLINE_MS));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Name, state and place in the kernel of each thread, as Linux tells them; empty elsewhere. */
async function threadsOf(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/task`;
  const tell = (id: string, file: string) => Deno.readTextFile(`${folder}/${id}/${file}`).catch(() => "?");
  try {
    const ids = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    return await Promise.all(ids.map(async (id) => {
      const state = /State:\s+(\S+)/.exec(await tell(id, "status"))?.[1];
      const [name, place, call] = await Promise.all(["comm", "wchan", "syscall"].map((file) => tell(id, file)));
      return `${id} ${name?.trim()} ${state} ${place} ${call?.trim()}`;
    }));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
