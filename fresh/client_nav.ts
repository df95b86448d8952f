/** Client navigation: fetches a page and puts its partials into this one. Loaded when a page asks for it. */
import { patchOf, updateLinks } from "./client_patch.ts";
export { readPartial } from "./client_partial.ts";

const PARTIAL_PARAM = "fresh-partial";

interface Visit {
  /** What is fetched. */
  readonly url: URL;
  /** What the address bar will show. Absent: what it shows now. */
  readonly shown?: URL;
  readonly init?: RequestInit;
  readonly source?: Element | undefined;
  readonly kind: "link" | "form" | "button" | "history";
}

/** What an entry of the history keeps, so that only entries of ours are answered. */
interface Entry {
  readonly fresh: true;
  readonly scrollX: number;
  readonly scrollY: number;
}

let latest = 0;

/** Begins to answer clicks, form submissions and the back button. Called once. */
export function startNavigation(): void {
  if (history.state === null) keepScroll();
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  addEventListener("popstate", (event) => void onHistory(event.state));
}

function keepScroll(): void {
  const entry: Entry = { fresh: true, scrollX, scrollY };
  history.replaceState(entry, "");
}

function isOn(element: Element): boolean {
  const setting = element.closest("[f-client-nav]");
  return setting !== null && setting.getAttribute("f-client-nav") !== "false";
}

async function onHistory(entry: Entry | null): Promise<void> {
  if (entry === null) history.scrollRestoration = "auto"; // Another place on the same page.
  if (entry?.fresh !== true) return;
  const setting = document.querySelector("[f-client-nav]")?.getAttribute("f-client-nav") ?? "false";
  if (setting === "false") return location.reload();
  history.scrollRestoration = "manual"; // The browser would scroll before the content is there.
  await visit({ url: new URL(location.href), kind: "history" });
  scrollTo({ left: entry.scrollX, top: entry.scrollY, behavior: "instant" });
}

function onClick(event: MouseEvent): void {
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (event.defaultPrevented || !isPlain || !(event.target instanceof Element)) return;
  const link = event.target.closest("a");
  if (link !== null) return onLink(event, link);
  const button = event.target.closest("button");
  const partial = button?.getAttribute("f-partial") ?? null;
  if (button === null || partial === null || !isOn(button) || (button.type === "submit" && button.form !== null)) {
    return;
  }
  event.preventDefault();
  void visit({ url: new URL(partial, location.href), source: button, kind: "button" });
}

function onLink(event: MouseEvent, link: HTMLAnchorElement): void {
  if (!link.href || !isOn(link)) return;
  const shown = new URL(link.href);
  const isElsewhere = shown.origin !== location.origin || link.hasAttribute("download") ||
    !["", "_self"].includes(link.target);
  const isHere = shown.pathname === location.pathname && shown.search === location.search && shown.hash !== "";
  if (isElsewhere || isHere || link.getAttribute("href")?.startsWith("#")) return;
  event.preventDefault();
  const url = new URL(link.getAttribute("f-partial") ?? shown.href, location.href);
  void visit({ url, shown, source: link, kind: "link" });
}

function onSubmit(event: SubmitEvent): void {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
  if (!isOn(form) || (submitter !== null && !isOn(submitter))) return;
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const partial = submitter?.getAttribute("f-partial") ??
    (submitter?.hasAttribute("formaction") ? null : form.getAttribute("f-partial"));
  const method = (submitter?.getAttribute("formmethod") ?? form.method).toLowerCase();
  const shown = new URL(action ?? location.href, location.href);
  const isOurs = (action ?? partial) !== null && shown.origin === location.origin && method !== "dialog";
  if (!isOurs) return;
  event.preventDefault();
  const url = new URL(partial ?? shown.href, location.href);
  const data = new FormData(form, submitter);
  const source = submitter ?? form;
  if (method === "post") return void visit({ url, shown, init: { method: "POST", body: data }, source, kind: "form" });
  for (const each of [url, shown]) {
    each.search = new URLSearchParams([...data].map(([name, value]) => [name, String(value)])).toString();
  }
  void visit({ url, shown, source, kind: "form" });
}

async function visit({ url, shown, init, source, kind }: Visit): Promise<void> {
  const mine = ++latest;
  setBusy(source, true);
  try {
    const address = new URL(url);
    address.searchParams.set(PARTIAL_PARAM, "true");
    const response = await fetch(address, { redirect: "follow", ...init });
    const text = await response.text();
    if (mine !== latest) return; // A later click has taken over.
    const final = response.redirected ? withoutParam(new URL(response.url)) : shown;
    const isPage = response.headers.get("content-type")?.startsWith("text/html") === true;
    const fetched = isPage ? new DOMParser().parseFromString(text, "text/html") : undefined;
    const patch = fetched && await patchOf(fetched, response.headers.get("x-fresh-id"));
    if (mine !== latest) return;
    if (patch === undefined) return withoutPartials(kind, final, response);
    if (kind !== "button" && final !== undefined) remember(final);
    await inTransition(patch);
    if (kind !== "button") updateLinks(new URL(location.href));
    if (kind === "link") scrollToTarget();
  } finally {
    setBusy(source, false);
  }
}

/** Subtle: an entry is added only for a new URL, as some links refresh the page that they are on. */
function remember(url: URL): void {
  if (url.href === location.href) return;
  keepScroll();
  const entry: Entry = { fresh: true, scrollX: 0, scrollY: 0 };
  history.pushState(entry, "", url);
}

function withoutParam(url: URL): URL {
  url.searchParams.delete(PARTIAL_PARAM);
  return url;
}

/** A page without partials cannot become part of this one: the browser goes there, where there is one to go to. */
function withoutPartials(kind: Visit["kind"], shown: URL | undefined, response: Response): void {
  if (kind === "history") return location.reload();
  if (shown !== undefined && (kind === "link" || response.redirected)) return location.assign(shown);
  throw new Error(`Found no partials in the response of ${response.url}: render at least one <Partial> there`);
}

async function inTransition(patch: () => void): Promise<void> {
  const setting = document.querySelector("[f-view-transition]")?.getAttribute("f-view-transition") ?? "false";
  const wants = setting !== "false";
  if (wants && "startViewTransition" in document) await document.startViewTransition(patch).updateCallbackDone;
  else patch();
}

function scrollToTarget(): void {
  const { hash } = location;
  const target = hash === "" ? null : document.getElementById(decodeURIComponent(hash.slice(1)));
  if (target !== null) target.scrollIntoView();
  else scrollTo({ left: 0, top: 0, behavior: "instant" });
}

/** `element._freshIndicator` may be a signal that tells whether its request is under way. */
function setBusy(source: Element | undefined, value: boolean): void {
  const indicator: unknown = source === undefined ? undefined : Reflect.get(source, "_freshIndicator");
  if (typeof indicator === "object" && indicator !== null) Reflect.set(indicator, "value", value);
}
