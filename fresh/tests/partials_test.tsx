/** Partials and client navigation, in the browser. */
import assert from "node:assert/strict";
import type { ComponentChildren } from "preact";
import type { Page } from "playwright-core";
import { Partial } from "../runtime.ts";
import Tally from "./fixture/islands/Tally.tsx";
import { bareApp, openBrowser } from "./browser.ts";

function Document({ title = "page", head, children }: {
  title?: string;
  head?: ComponentChildren;
  children?: ComponentChildren;
}) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <link rel="icon" href="data:," />
        <title>{title}</title>
        {head}
      </head>
      <body>{children}</body>
    </html>
  );
}

/** A page whose button fetches `/next`, and that page. */
function twoPages(first: ComponentChildren, next: ComponentChildren | (() => ComponentChildren)) {
  return bareApp()
    .get("/", (ctx) =>
      ctx.render(
        <Document>
          <main f-client-nav>
            <button type="button" id="go" f-partial="/next">go</button>
            {first}
          </main>
        </Document>,
      ))
    .get("/next", (ctx) => ctx.render(<Document>{typeof next === "function" ? next() : next}</Document>));
}

async function click(page: Page, id: string, times: number): Promise<void> {
  await page.locator(`#${id}[data-ready=true]`).waitFor();
  for (let i = 0; i < times; i++) await page.locator(`#${id}`).click();
  await page.locator(`#${id}`, { hasText: String(times) }).waitFor();
}

async function texts(page: Page, selector: string): Promise<string[]> {
  return await page.locator(selector).allInnerTexts();
}

Deno.test("partials", async (t) => {
  await using browser = await openBrowser();

  await t.step("a button fetches a partial, and the address stays", async () => {
    const app = twoPages(
      <Partial name="body">old</Partial>,
      <Partial name="body">
        <h1>new</h1>
      </Partial>,
    );
    const { page, base } = await browser.open(app);
    await page.locator("#go").click();
    await page.locator("h1", { hasText: "new" }).waitFor();
    assert.equal(page.url(), `${base}/`);
    assert.doesNotMatch(await page.locator("main").innerText(), /old/);
  });

  await t.step("an island that stays keeps its state; new ones begin; ones that go are unmounted", async () => {
    const app = twoPages(
      <Partial name="body">
        <p>old</p>
        <Tally />
      </Partial>,
      <Partial name="body">
        <p id="done">new</p>
        <Tally />
        <Tally id="second" />
      </Partial>,
    );
    const { page, reports } = await browser.open(app);
    await click(page, "tally", 2);
    await page.locator("#go").click();
    await page.locator("#done").waitFor();
    assert.equal(await page.locator("#tally").innerText(), "2");
    await click(page, "second", 1);
    assert.deepEqual(reports, { console: [], errors: [], failed: [] });
  });

  const Named = ({ id }: { id: string }) => <Tally id={id} />;
  const keyed: Record<string, (id: string) => ComponentChildren> = {
    islands: (id) => <Tally key={id} id={id} />,
    elements: (id) => (
      <div key={id}>
        <Tally id={id} />
      </div>
    ),
    components: (id) => <Named key={id} id={id} />,
    partials: (id) => (
      <Partial key={id} name={id}>
        <Tally id={id} />
      </Partial>
    ),
  };
  for (const [what, item] of Object.entries(keyed)) {
    await t.step(`${what} with keys keep their state in a new order`, async () => {
      const app = twoPages(
        <Partial name="body">
          <p key="p">old</p>
          {["a", "b", "c"].map(item)}
        </Partial>,
        <Partial name="body">
          <p key="p" id="done">new</p>
          {["b", "c", "a"].map(item)}
        </Partial>,
      );
      const { page } = await browser.open(app);
      await click(page, "a", 1);
      await click(page, "b", 2);
      await click(page, "c", 3);
      await page.locator("#go").click();
      await page.locator("#done").waitFor();
      assert.deepEqual(await texts(page, "button[data-ready]"), ["2", "3", "1"]);
    });
  }

  for (const [mode, expected] of [["replace", "2"], ["append", "012"], ["prepend", "210"]] as const) {
    for (const isInner of [false, true]) {
      await t.step(`mode ${mode}${isInner ? " of a partial inside another" : ""}`, async () => {
        let count = 0;
        const wrap = (content: ComponentChildren) => isInner ? <Partial name="outer">{content}</Partial> : content;
        const app = twoPages(
          <div id="list">
            {wrap(
              <Partial name="items">
                <i>0</i>
              </Partial>,
            )}
          </div>,
          () => {
            count++;
            return wrap(
              <Partial name="items" mode={mode}>
                <i class={`item-${count}`}>{count}</i>
              </Partial>,
            );
          },
        );
        const { page } = await browser.open(app);
        for (const number of [1, 2]) {
          await page.locator("#go").click();
          await page.locator(`.item-${number}`).waitFor();
        }
        assert.equal(await page.locator("#list").innerText(), expected);
      });
    }
  }

  await t.step("a partial inside another changes alone", async () => {
    const app = twoPages(
      <Partial name="outer">
        <Tally id="out" />
        <Partial name="inner">
          <Tally id="in" />
        </Partial>
      </Partial>,
      <Partial name="inner">
        <Tally id="in" />
        <p id="done">new</p>
      </Partial>,
    );
    const { page } = await browser.open(app);
    await click(page, "out", 2);
    await click(page, "in", 1);
    await page.locator("#go").click();
    await page.locator("#done").waitFor();
    assert.deepEqual(await texts(page, "button[data-ready]"), ["2", "1"]);
  });

  await t.step("a partial that this page lacks is named in a warning, a response without any in an error", async () => {
    const other = await browser.open(twoPages(<Partial name="a">a</Partial>, <Partial name="b">b</Partial>));
    const warned = other.page.waitForEvent("console");
    await other.page.locator("#go").click();
    assert.match((await warned).text(), /^Partial "b".*not found/);
    const none = await browser.open(twoPages(<Partial name="a">a</Partial>, <p>nothing</p>));
    const thrown = none.page.waitForEvent("pageerror");
    await none.page.locator("#go").click();
    assert.match((await thrown).message, /Found no partials in the response of .*\/next/);
  });

  await t.step("content that looks like the page's state is not taken for it", async () => {
    const fake = <script type="application/json" id="frsh-state">{"{}"}</script>;
    const app = twoPages(
      <Partial name="body">old</Partial>,
      <Partial name="body">
        <Tally />
        {fake}
      </Partial>,
    );
    const { page, reports } = await browser.open(app);
    await page.locator("#go").click();
    await click(page, "tally", 1);
    assert.deepEqual(reports.errors, []);
  });
});

Deno.test("client navigation", async (t) => {
  await using browser = await openBrowser();

  await t.step("a link changes partial, title, address and marked links; back undoes it and the scroll", async () => {
    const nav = (
      <nav>
        <a id="next" href="/next">next</a> <a id="home" href="/">home</a>
      </nav>
    );
    const app = bareApp()
      .get("/", (ctx) =>
        ctx.render(
          <Document title="first">
            <main f-client-nav>
              <Partial name="body">
                <p id="first" style="height: 3000px">first</p>
                <Tally />
              </Partial>
              {nav}
            </main>
          </Document>,
        ))
      .get("/next", (ctx) =>
        ctx.render(
          <Document title="second">
            <Partial name="body">
              <p id="second">second</p>
              <Tally />
            </Partial>
          </Document>,
        ));
    const { page, base } = await browser.open(app);
    await click(page, "tally", 1);
    await page.locator("#next").scrollIntoViewIfNeeded();
    await page.locator("#next").click();
    await page.locator("#second").waitFor();
    assert.equal(page.url(), `${base}/next`);
    assert.equal(await page.title(), "second");
    assert.equal(await page.locator("#tally").innerText(), "1");
    assert.equal(await page.locator("#next").getAttribute("aria-current"), "page");
    assert.equal(await page.locator("#home").getAttribute("data-ancestor"), "true");
    assert.equal(await page.evaluate("scrollY"), 0);
    await page.evaluate("history.back()");
    await page.locator("#first").waitFor();
    await page.waitForFunction("scrollY > 1000");
    assert.equal(page.url(), `${base}/`);
    assert.equal(await page.locator("#next").getAttribute("aria-current"), null);
  });

  await t.step("f-partial is what a link fetches, href what the address shows", async () => {
    const app = bareApp()
      .get("/", (ctx) =>
        ctx.render(
          <Document>
            <main f-client-nav>
              <a href="/shown" f-partial="/fetched">
                <svg viewBox="0 0 9 9">
                  <path id="go" d="M0 0h9v9z" />
                </svg>
              </a>
              <Partial name="body">old</Partial>
            </main>
          </Document>,
        ))
      .get("/fetched", (ctx) =>
        ctx.render(
          <Partial name="body">
            <h1>new</h1>
          </Partial>,
        ));
    const { page, base } = await browser.open(app);
    await page.locator("#go").click();
    await page.locator("h1").waitFor();
    assert.equal(page.url(), `${base}/shown`);
  });

  await t.step("links and forms that opt out, and links to a place on the page, are left to the browser", async () => {
    const app = bareApp()
      .get("/", (ctx) =>
        ctx.render(
          <Document>
            <main f-client-nav="true">
              <a id="here" href="#target">here</a>
              <form action="/other" id="form">
                <input name="q" value="1" />
              </form>
              <button type="submit" form="form" f-client-nav="false" id="submit">send</button>
              <span f-client-nav="false">
                <a id="out" href="/other">out</a>
              </span>
              <Partial name="body">old</Partial>
              <p id="target">target</p>
            </main>
          </Document>,
        ))
      .get("/other", (ctx) =>
        ctx.render(
          <Document>
            <h1>other</h1>
          </Document>,
        ));
    const { page, base } = await browser.open(app);
    await page.evaluate("globalThis.isSame = true");
    await page.locator("#here").click();
    assert.equal(await page.evaluate("isSame && location.hash"), "#target");
    for (const id of ["out", "submit"]) {
      await page.goto(base);
      await page.evaluate("globalThis.isSame = true");
      await page.locator(`#${id}`).click();
      await page.locator("h1").waitFor();
      assert.equal(await page.evaluate("globalThis.isSame"), undefined);
    }
  });

  await t.step("forms: GET with all values, POST, a submitter's own action, redirects, dialogs", async () => {
    const answer = (text: string) => (
      <Document>
        <Partial name="body">
          <h1>{text}</h1>
        </Partial>
      </Document>
    );
    const app = bareApp()
      .get("/", (ctx) =>
        ctx.render(
          <Document>
            <main f-client-nav>
              <form action="/get">
                <input name="q" value="a" />
                <input name="q" value="b" />
                <button type="submit" id="get">get</button>
              </form>
              <form action="/post" method="post" id="post-form">
                <input name="q" value="c" />
                <button type="submit" name="by" value="button" id="post">post</button>
              </form>
              <button type="submit" form="post-form" formaction="/moved" id="moved">moved</button>
              <dialog open>
                <form method="dialog">
                  <button type="submit" id="close">close</button>
                </form>
              </dialog>
              <Partial name="body">old</Partial>
            </main>
          </Document>,
        ))
      .get("/get", (ctx) => ctx.render(answer(ctx.url.searchParams.getAll("q").join("+"))))
      .post("/post", async (ctx) => {
        const form = await ctx.req.formData();
        return ctx.render(answer(`${form.get("q")} by ${form.get("by")}`));
      })
      .post("/moved", (ctx) => ctx.redirect("/get?q=d", 303));
    const { page, base, reports } = await browser.open(app);
    for (
      const [id, text, path] of [["get", "a+b", "/get?q=a&q=b"], ["post", "c by button", "/post"], [
        "moved",
        "d",
        "/get?q=d",
      ]]
    ) {
      await page.locator(`#${id}`).click();
      await page.locator("h1", { hasText: text! }).waitFor();
      assert.equal(page.url(), base + path);
    }
    await page.locator("#close").click();
    await page.locator("dialog:not([open])").waitFor({ state: "attached" });
    assert.deepEqual(reports.errors, []);
  });

  await t.step("meta, stylesheets and styles of the fetched head are merged, none twice", async () => {
    const common = (
      <>
        <link rel="stylesheet" href="/common.css" />
        <style id="own">{`.x { color: red }`}</style>
      </>
    );
    const app = bareApp()
      .get(
        "/:name.css",
        (ctx) =>
          new Response("h1 { color: rgb(1, 2, 3) }", {
            headers: { "content-type": "text/css", vary: ctx.params["name"]! },
          }),
      )
      .get("/", (ctx) =>
        ctx.render(
          <Document
            head={
              <>
                <meta name="about" content="first" />
                {common}
              </>
            }
          >
            <main f-client-nav>
              <button type="button" id="go" f-partial="/next">go</button>
              <Partial name="body">old</Partial>
            </main>
          </Document>,
        ))
      .get("/next", (ctx) =>
        ctx.render(
          <Document
            title="merged"
            head={
              <>
                <meta name="about" content="second" />
                <meta property="og:title" content="new" />
                {common}
                <link rel="stylesheet" href="/added.css" />
                <style>{`h1 { margin-top: 7px }`}</style>
              </>
            }
          >
            <Partial name="body">
              <h1>new</h1>
            </Partial>
          </Document>,
        ));
    const { page } = await browser.open(app);
    for (let i = 0; i < 2; i++) {
      await page.locator("#go").click();
      await page.locator("h1").waitFor();
    }
    await page.waitForFunction("getComputedStyle(document.querySelector('h1')).color === 'rgb(1, 2, 3)'");
    assert.equal(await page.evaluate("getComputedStyle(document.querySelector('h1')).marginTop"), "7px");
    assert.equal(await page.title(), "merged");
    const html = await page.locator("head").innerHTML();
    assert.match(html, /name="about" content="second"/);
    assert.match(html, /property="og:title" content="new"/);
    for (const once of ["common.css", 'id="own"', "added.css", "margin-top"]) {
      assert.equal(html.split(once).length - 1, 1, once);
    }
  });

  await t.step("entries that a page's own code put into the history are left alone", async () => {
    const app = bareApp().get("/", (ctx) =>
      ctx.render(
        <Document>
          <main f-client-nav>
            <Partial name="b">b</Partial>
          </main>
        </Document>,
      ));
    const { page } = await browser.open(app);
    await page.evaluate(`(() => {
      globalThis.isSame = true;
      history.replaceState({ own: 1 }, "", "#1");
      history.pushState({ own: 2 }, "", "#2");
      history.back();
    })()`);
    await page.waitForFunction("location.hash === '#1'");
    assert.equal(await page.evaluate("globalThis.isSame"), true);
  });

  await t.step("f-view-transition wraps the change in a transition of the browser", async () => {
    const view = (
      <div f-view-transition="true">
        <Partial name="body">old</Partial>
      </div>
    );
    const { page } = await browser.open(twoPages(
      view,
      <Partial name="body">
        <h1>new</h1>
      </Partial>,
    ));
    await page.evaluate(`(() => {
      const start = document.startViewTransition.bind(document);
      document.startViewTransition = (change) => (globalThis.transitions = (globalThis.transitions ?? 0) + 1, start(change));
    })()`);
    await page.locator("#go").click();
    await page.locator("h1").waitFor();
    assert.equal(await page.evaluate("transitions"), 1);
  });

  await t.step("a busy signal is on while its request is under way", async () => {
    const gate = Promise.withResolvers<void>();
    const app = twoPages(
      <Partial name="body">old</Partial>,
      <Partial name="body">
        <h1>new</h1>
      </Partial>,
    )
      .get("/slow", async (ctx) => {
        await gate.promise;
        return ctx.render(
          <Partial name="body">
            <h1>slow</h1>
          </Partial>,
        );
      });
    const { page } = await browser.open(app);
    await page.evaluate(`(() => {
      const button = document.querySelector("#go");
      button.setAttribute("f-partial", "/slow");
      button._freshIndicator = { value: false };
    })()`);
    await page.locator("#go").click();
    await page.waitForFunction("document.querySelector('#go')._freshIndicator.value === true");
    gate.resolve();
    await page.waitForFunction("document.querySelector('#go')._freshIndicator.value === false");
    assert.equal(await page.locator("h1").innerText(), "slow");
  });
});

Deno.test("keys are written inside partials only", async () => {
  const app = twoPages(
    <Partial name="body">
      <p key="inside">in</p>
    </Partial>,
    null,
  );
  const Outside = () => <p>out</p>;
  app.get("/keys", (ctx) => ctx.render(<div>{[<Outside key="outside" />]}</div>));
  const handler = app.handler();
  const html = async (path: string) => await (await handler(new Request(`http://localhost${path}`))).text();
  assert.match(await html("/"), /<p[^>]*data-frsh-key="inside"/);
  assert.doesNotMatch(await html("/keys"), /outside/);
});
