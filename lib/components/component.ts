/** The pages of a module: those that the app has of its own, and a developer's. */
import type { Element } from "../elements/element.ts";
import type { Page } from "../elements/page.ts";
import { quote } from "../lm/quote.ts";
import type { ChatComponent } from "./chat.ts";
import type { SessionGenerator } from "./session_generator.ts";

interface ComponentNames {
  /** Part of the URL, unique in the module. */
  readonly name: string;
  readonly title: string;
}

export interface GenerationComponent extends ComponentNames {
  readonly kind: "generation";
}

export interface DatasetComponent extends ComponentNames {
  readonly kind: "dataset";
}

export interface NextTokenComponent extends ComponentNames {
  readonly kind: "next_token";
}

/** A page made of elements, by a function that runs once for each session. */
export interface ElementsComponent extends ComponentNames {
  readonly kind: "elements";
  readonly setup: ComponentSetup;
}

/** What the rail shows, and which screen it is. */
export type Component = DatasetComponent | GenerationComponent | NextTokenComponent | ChatComponent | ElementsComponent;
export type ComponentKind = Component["kind"];

export interface ComponentOptions {
  /** Default: the kind, or for a page of one's own its title in lower case, without accents, with "-" between words. */
  readonly name?: string;
  readonly title?: string;
}

/** What a component's function is given. */
export interface ComponentContext {
  /** Takes further elements at any time. */
  readonly page: Pick<Page, "add">;
  /** One of the module's generators. @throws {RangeError} naming those that there are */
  generator(name: string): SessionGenerator;
  /** Aborts when the session is given up. */
  readonly signal: AbortSignal;
}

/** Makes the elements of one session; what it closes over is that session's state. */
export type ComponentSetup = (
  context: ComponentContext,
) => readonly Element<object>[] | Promise<readonly Element<object>[]>;

/** A page with a prompt, params, and streamed completions whose every token can be opened. */
export function generation({ name = "generation", title = "Generation" }: ComponentOptions = {}): GenerationComponent {
  return { kind: "generation", name, title };
}

/** A page with one sample, what the task makes of it, and the rows of its split. */
export function datasetView({ name = "dataset", title = "Dataset" }: ComponentOptions = {}): DatasetComponent {
  return { kind: "dataset", name, title };
}

/** A page that steps through a completion token by token, over the whole vocabulary. */
export function nextToken({ name = "next-token", title = "Next token" }: ComponentOptions = {}): NextTokenComponent {
  return { kind: "next_token", name, title };
}

/** A page of one's own: `setup` runs once for each browser tab, and its elements stand in the order it returns. */
export function component(
  title: string,
  setup: ComponentSetup,
  { name = slug(title) }: Pick<ComponentOptions, "name"> = {},
): ElementsComponent {
  return { kind: "elements", name, title, setup };
}

/** "My Tables" → "my-tables", "Café" → "cafe". @throws {TypeError} when no letter of it can stand in an address */
function slug(title: string): string {
  const plain = title.normalize("NFKD").replaceAll(/\p{M}+/gu, "").toLowerCase();
  const name = plain.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^[^a-z]+|-+$/g, "");
  if (name !== "") return name;
  throw new TypeError(`Cannot name component ${quote(title)} after its title: give it a { name: "…" } of a to z`);
}
