/** Rows as a data set has them, about a kilobyte each, always the same. */

const WORDS = 4_000, ROW_CHARACTERS = 880, CHUNK_ROWS = 5_000;
const OTHER = ["Straße", "été", "ΣΊΣΥΦΟΣ", "🙂"];

/** As JSON Lines, or as CSV where the path ends so. */
export async function writeRows(path: string, count: number): Promise<void> {
  const isCsv = path.endsWith(".csv"), lineOf = isCsv ? csvLine : JSON.stringify;
  const random = randomNumbers(12_345);
  const words = Array.from({ length: WORDS }, () => word(random));
  using file = await Deno.open(path, { write: true, create: true });
  const writer = file.writable.getWriter(), encoder = new TextEncoder();
  if (isCsv) await writer.write(encoder.encode("id,category,score,text,meta\n"));
  for (let from = 0; from < count; from += CHUNK_ROWS) {
    const length = Math.min(CHUNK_ROWS, count - from);
    const lines = Array.from({ length }, (_, at) => lineOf(rowOf(from + at, words, random)));
    await writer.write(encoder.encode(`${lines.join("\n")}\n`));
  }
  writer.releaseLock();
}

/** Every other text goes over two lines. */
function csvLine(row: Readonly<Record<string, unknown>>): string {
  const cells = Object.values(row).map((value) => typeof value === "string" ? value : JSON.stringify(value));
  return cells.map((cell) => cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell)
    .map((cell, column) => column === 3 && Number(row.id) % 2 === 0 ? `"${cell.replace(" ", "\n")}"` : cell).join();
}

function rowOf(id: number, words: readonly string[], random: () => number): Readonly<Record<string, unknown>> {
  let text = "";
  while (text.length < ROW_CHARACTERS) text += `${words[Math.floor(random() * random() * WORDS)]} `;
  if (id % 3 === 0) text += OTHER[id % OTHER.length];
  return {
    id,
    category: "ABCDEFG"[id % 7],
    score: Math.round(random() * 1e6) / 1e3,
    text,
    meta: { source: `source ${id % 100}`, part: id % 13 },
  };
}

function word(random: () => number): string {
  const letters = Array.from(
    { length: 2 + Math.floor(random() * 8) },
    () => "abcdefghijklmnopqrstuvwxyz"[Math.floor(random() * 26)],
  );
  const text = letters.join("");
  return random() < 0.1 ? text[0]?.toUpperCase() + text.slice(1) : text;
}

/** Equal on every machine: a linear congruential generator, which is random enough for words. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x80000000;
}
