/** Client navigation: fetches a page and puts its partials into this one. Loaded when a page asks for it. */
import { endOf, hydrate, outermost, unmountBetween } from "./client.ts";

const PARTIAL_PARAM = "fresh-partial";
const KIND = "frsh:partial:";

interface Visit {
  /** What is fetched. */
  readonly url: URL;
  /** What the address bar will show. */
  readonly shown: URL;
  readonly init?: RequestInit;
  readonly source: Element | undefined;
  readonly history: "push" | "keep";
}

let latest = 0;

/** Begins to answer clicks, form submissions and the back button. Called once. */
export function startNavigation(): void {
  history.replaceState({ ...history.state, fresh: true }, "");
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  addEventListener("popstate", (event) => {
    if (event.state?.fresh !== true) return;
    const url = new URL(location.href);
    void visit({ url, shown: url, source: undefined, history: "keep" });
  });
}

function isOn(element: Element): boolean {
  const setting = element.closest("[f-client-nav]");
  return setting !== null && setting.getAttribute("f-client-nav") !== "false";
}

function onClick(event: MouseEvent): void {
  if (
    event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey
  ) {
    return;
  }
  const target = event.target instanceof Element ? event.target : undefined;
  const link = target?.closest("a");
  if (link?.href && isOn(link)) {
    const shown = new URL(link.href, location.href);
    const isElsewhere = shown.origin !== location.origin || link.hasAttribute("download") ||
      !["", "_self"].includes(link.target);
    const isHere = shown.pathname === location.pathname && shown.search === location.search && shown.hash !== "";
    if (isElsewhere || isHere) return;
    event.preventDefault();
    const url = new URL(link.getAttribute("f-partial") ?? shown.href, location.href);
    void visit({ url, shown, source: link, history: "push" });
    return;
  }
  const button = target?.closest("button[f-partial]");
  if (!button || !isOn(button) || button.closest("form") !== null) return;
  event.preventDefault();
  const url = new URL(button.getAttribute("f-partial") ?? "", location.href);
  void visit({ url, shown: new URL(location.href), source: button, history: "keep" });
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || !isOn(form)) return;
  const { submitter } = event;
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const partial = submitter?.getAttribute("f-partial") ?? form.getAttribute("f-partial");
  const method = (submitter?.getAttribute("formmethod") ?? form.method).toLowerCase();
  const shown = new URL(action ?? location.href, location.href);
  const isOurs = (action !== null || partial !== null) && shown.origin === location.origin && method !== "dialog";
  if (!isOurs) return;
  event.preventDefault();
  const url = new URL(partial ?? shown.href, location.href);
  const data = new FormData(form, submitter);
  if (method === "post") {
    void visit({ url, shown, init: { method: "POST", body: data }, source: submitter ?? form, history: "push" });
    return;
  }
  for (const each of [url, shown]) {
    each.search = new URLSearchParams([...data].map(([name, value]) => [name, String(value)])).toString();
  }
  void visit({ url, shown, source: submitter ?? form, history: "push" });
}

async function visit({ url, shown, init, source, history: mode }: Visit): Promise<void> {
  const mine = ++latest;
  setBusy(source, true);
  try {
    const address = new URL(url);
    address.searchParams.set(PARTIAL_PARAM, "true");
    const response = await fetch(address, { redirect: "follow", ...init });
    const text = await response.text();
    if (mine !== latest) return; // A later click has taken over.
    const isPage = response.headers.get("content-type")?.startsWith("text/html") === true;
    const fetched = isPage ? new DOMParser().parseFromString(text, "text/html") : undefined;
    const patch = fetched === undefined ? undefined : await patchOf(fetched);
    if (patch === undefined) return location.assign(shown);
    const final = response.redirected ? withoutParam(new URL(response.url)) : shown;
    const isNew = mode === "push" && final.href !== location.href;
    if (isNew) history.pushState({ fresh: true }, "", final);
    await inTransition(source, patch);
    if (mode === "push" && isNew) scrollToTarget(final);
  } finally {
    setBusy(source, false);
  }
}

function withoutParam(url: URL): URL {
  url.searchParams.delete(PARTIAL_PARAM);
  return url;
}

/** What puts a fetched page into this one; absent when they share no partial. */
async function patchOf(fetched: Document): Promise<(() => void) | undefined> {
  const here = new Map(outermost(document.body, KIND).map((range) => [partialName(range.start), range]));
  const pairs = outermost(fetched.body, KIND).flatMap((range) => {
    const old = here.get(partialName(range.start));
    return old === undefined ? [] : [{ range, old }];
  });
  if (pairs.length === 0) return undefined;
  const { islands, json } = await readState(fetched);
  return () => {
    for (const { range, old } of pairs) {
      const isReplaced = range.start.data.split(":")[3] === "replace";
      if (isReplaced) clear(old.start, endOf(old.start, KIND));
      const fresh = document.createDocumentFragment();
      for (let node = range.start.nextSibling; node !== null && node !== range.end; node = range.start.nextSibling) {
        fresh.append(node);
      }
      hydrate(fresh, islands, json, fetched);
      if (range.start.data.split(":")[3] === "prepend") old.start.after(fresh);
      else old.end.before(fresh);
    }
    updateHead(fetched);
  };
}

function partialName(start: Comment): string {
  return start.data.split(":")[2] ?? "";
}

type Islands = Parameters<typeof hydrate>[1];

/** The islands of a fetched page, with their modules loaded. */
async function readState(fetched: Document): Promise<{ islands: Islands; json: string }> {
  const text = fetched.querySelector("#frsh-state")?.textContent;
  if (!text) return { islands: {}, json: "[]" };
  const state: { islands: { file: string; name: string; exportName: string }[]; json: string } = JSON.parse(text);
  const islands: Islands = {};
  await Promise.all(state.islands.map(async ({ file, name, exportName }) => {
    islands[name] = (await import(file))[exportName];
  }));
  return { islands, json: state.json };
}

function clear(start: Comment, end: Comment): void {
  const range = document.createRange();
  range.setStartAfter(start);
  range.setEndBefore(end);
  unmountBetween((node) => range.intersectsNode(node));
  for (let node = start.nextSibling; node !== null && node !== end; node = start.nextSibling) node.remove();
}

function updateHead(fetched: Document): void {
  if (fetched.title !== "") document.title = fetched.title;
  for (const meta of fetched.head.querySelectorAll("meta[name],meta[property]")) {
    const name = meta.hasAttribute("name") ? "name" : "property";
    const old = document.head.querySelector(`meta[${name}="${CSS.escape(meta.getAttribute(name) ?? "")}"]`);
    if (old === null) document.head.append(meta.cloneNode());
    else old.setAttribute("content", meta.getAttribute("content") ?? "");
  }
  const known = new Set(
    [...document.querySelectorAll("link[rel=stylesheet]")].map((link) => link.getAttribute("href")),
  );
  for (const link of fetched.querySelectorAll("link[rel=stylesheet]")) {
    if (!known.has(link.getAttribute("href"))) document.head.append(link.cloneNode());
  }
}

async function inTransition(source: Element | undefined, patch: () => void): Promise<void> {
  const wants = (source ?? document.body).closest("[f-view-transition]") !== null;
  if (wants && "startViewTransition" in document) await document.startViewTransition(patch).updateCallbackDone;
  else patch();
}

function scrollToTarget(url: URL): void {
  const target = url.hash === "" ? null : document.getElementById(decodeURIComponent(url.hash.slice(1)));
  if (target !== null) target.scrollIntoView();
  else scrollTo({ left: 0, top: 0, behavior: "instant" });
}

/** `element._freshIndicator` may be a signal that tells whether its request is under way. */
function setBusy(source: Element | undefined, value: boolean): void {
  const indicator: unknown = source === undefined ? undefined : Reflect.get(source, "_freshIndicator");
  if (typeof indicator === "object" && indicator !== null) Reflect.set(indicator, "value", value);
}
