/** I4: What cannot be seen is marked where it is shown, and what is long is shown in parts. */
import assert from "node:assert/strict";
import { datasetView, defineModule, field, generation, prompt, rows } from "../../lib/mod.ts";
import { echoGenerator } from "../rig/echo_rig.ts";
import { HOSTILE_PAGES, hostileModule } from "../rig/hostile_module.ts";
import { measured } from "../rig/measured.ts";
import { type RigApp, rigApp } from "../rig/rig_app.ts";

const CELL_BYTES = 5_000_000, SHOWN_BYTES = 64_000, ROWS = 10_000, ROWS_A_PAGE = 20;

/** As Unicode tells them: controls, directions, line and paragraph ends, and what is drawn as nothing. */
const UNSEEN_PROPERTIES = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** Line ends and tabs, which views draw, and the joiner, which belongs to the emoji beside it. */
const SEEN = "\t\n\r\u200D";
/** From here on they come by the thousand: tags, selectors and what is yet to be. */
const MANY = 0xe0000;

/** All but NUL, and of the many two in 256. */
const UNSEEN: readonly number[] = Array.from({ length: 0x10ffff }, (_, index) => index + 1).filter((code) => {
  const character = String.fromCodePoint(code);
  return UNSEEN_PROPERTIES.test(character) && !SEEN.includes(character) && (code < MANY || code % 256 < 2);
});

/** What is read: not what scripts, addresses and fields to write in hold, where a mark would be a change. */
function shownParts(html: string): string {
  return html.replace(/<script\b[\s\S]*?<\/script>/g, "").replace(/(<textarea\b[^>]*>)[\s\S]*?<\/textarea>/g, "$1")
    .replace(/ (?:value|href|name|action|content)="[^"]*"/g, "");
}

function unseenIn(html: string): readonly string[] {
  return UNSEEN.map((code) => String.fromCodePoint(code)).filter((character) => html.includes(character));
}

async function page({ fetch }: RigApp, path: string): Promise<string> {
  const answer = await fetch(path);
  const html = await answer.text();
  assert.ok(answer.headers.get("content-type")?.startsWith("text/html"), `${path}: ${html.slice(0, 300)}`);
  return html;
}

Deno.test("I4: characters that are not seen, on every page of the server", async () => {
  const texts = UNSEEN.map((code) => `a${String.fromCodePoint(code)}b`);
  const folder = await Deno.makeTempDir();
  // A line that cannot be read is told with the name of its file.
  const file = `${folder}/${texts.slice(-20).join("")}.jsonl`;
  await Deno.writeTextFile(file, '{"text":"read"}\n{');
  const rig = await rigApp({ modules: [hostileModule({ texts, file })] });
  const bad = encodeURIComponent(texts.join(""));
  const queries = ["", "split=one", "sample=3&statistics=1&tokens=1&score=1", "edit=1", `q=${bad}`, `task=${bad}`];
  let pages = 0;
  for (const screen of HOSTILE_PAGES) {
    for (
      const query of [
        ...queries,
        `sort=${bad}`,
        "task=throwing",
        "task=named",
        "split=file",
        "generator=broken",
        `edits=${encodeURIComponent(JSON.stringify({ text: texts.join("") }))}`,
      ]
    ) {
      const shown = shownParts(await page(rig, `/hostile/${screen}?${query}`));
      for (const character of unseenIn(shown)) {
        const at = shown.indexOf(character);
        assert.fail(`${screen}?${query.slice(0, 40)}: ${JSON.stringify(shown.slice(Math.max(0, at - 300), at + 20))}`);
      }
      pages++;
    }
  }
  await Deno.remove(folder, { recursive: true });
  measured("I4", `${UNSEEN.length} characters on ${pages} pages, 0 unmarked`);
});

Deno.test("I4: a cell of 5 MB, and 10,000 rows", async () => {
  const long = "0123456789 ".repeat(CELL_BYTES / 11);
  const big = defineModule({
    name: "big",
    generators: { echo: echoGenerator },
    tasks: {
      cell: {
        dataset: { all: rows([{ text: long, label: "a" }, { text: "b", label: "c" }]) },
        prompt: ({ text }) => prompt`${field("text", text)}`,
        target: ({ text }) => text,
      },
      rows: {
        dataset: { all: rows(Array.from({ length: ROWS }, (_, index) => ({ text: `row ${index}.` }))) },
        prompt: ({ text }) => text,
      },
    },
    components: [datasetView(), generation()],
  });
  const rig = await rigApp({ modules: [big] });
  const sizeOf = (html: string) => html.split("0123456789").length * 11;
  let largest = 0;
  for (const query of ["", "sample=1", "edit=1", "statistics=1", "q=0123456789", "sort=text"]) {
    const size = sizeOf(await page(rig, `/big/dataset?task=cell&${query}`));
    assert.ok(size <= SHOWN_BYTES, `${query}: ${size} bytes of the cell`);
    largest = Math.max(largest, size);
  }
  const first = await page(rig, "/big/dataset?task=cell");
  const all = /href="([^"]*[?&](?:amp;)?all=1[^"]*)"[^>]*>Show all/.exec(first)?.[1]?.replaceAll("&amp;", "&");
  assert.ok(all !== undefined, "there is a link to all of it");
  assert.ok(sizeOf(await page(rig, all)) >= CELL_BYTES - 11);

  const seen = new Set<string>();
  const last = ROWS - ROWS_A_PAGE;
  for (const offset of [0, ROWS_A_PAGE, ROWS / 2, last]) {
    const html = await page(rig, `/big/dataset?task=rows&offset=${offset}`);
    const table = html.slice(html.indexOf("<table"), html.indexOf("</table>"));
    const found = [...table.matchAll(/row (\d+)\./g)].map(([, index]) => Number(index));
    assert.deepEqual(found, Array.from({ length: ROWS_A_PAGE }, (_, index) => offset + index));
    const next = new RegExp(`offset=${offset + ROWS_A_PAGE}\\b`);
    assert.equal(next.test(html), offset < last, "a link to the next rows");
    for (const index of found) seen.add(String(index));
  }
  measured(
    "I4",
    `${largest} bytes of a cell of ${
      CELL_BYTES / 1e6
    } MB until all is asked for, ${ROWS} rows in pages of ${ROWS_A_PAGE}`,
  );
});
