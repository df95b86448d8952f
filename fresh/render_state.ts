/** What a render finds, and which render is under way: Preact's hooks and components have no other way to know. */
import type { ComponentChildren, VNode } from "preact";
import type { Snapshot } from "./snapshot.ts";
import type { Island } from "./island.ts";

type Props = Record<string, unknown>;

interface UsedIsland {
  readonly island: Island;
  readonly name: string;
  readonly props: Props;
}

/** What one render has found so far. */
export class RenderState {
  readonly nonce: string = crypto.randomUUID().replaceAll("-", "");
  /** Names the state in a response for client navigation, as the `X-Fresh-Id` header does: no content can know it. */
  readonly partialId: string;
  readonly islands: UsedIsland[] = [];
  readonly slots: { readonly prop: string; readonly content: ComponentChildren; isRendered: boolean }[] = [];
  readonly partials = new Set<string>();
  /** Children of `<Head>` by key; taken out as they replace elements of `<head>`. */
  readonly heads = new Map<string, VNode>();
  readonly rendered = { html: false, head: false, body: false };
  hasClientNav = false;
  /** How many partials are around what is rendered now. */
  partialDepth = 0;
  /** Whether what is rendered now belongs to an island, is collected for `<head>`, or stands in `<head>`. */
  place: "page" | "island" | "collect" | "head" = "page";

  constructor(
    readonly snapshot: Snapshot,
    readonly url: URL,
    readonly basePath: string,
    readonly isPartial: boolean,
    readonly styles: readonly string[],
  ) {
    this.partialId = isPartial ? crypto.randomUUID() : "";
  }

  /** Whether the page needs the browser runtime. */
  get needsClient(): boolean {
    return this.islands.length > 0 || this.hasClientNav || this.partials.size > 0;
  }
}

let current: RenderState | undefined;

/** The render under way. */
export function rendering(): RenderState | undefined {
  return current;
}

/** Runs a render, which never waits; renders may be nested. */
export function during<Result>(state: RenderState, render: () => Result): Result {
  const outer = current;
  current = state;
  try {
    return render();
  } finally {
    current = outer;
  }
}
