/** The pages that the app has of its own. */
export type ComponentKind = "generation";

/** A page of a module: what the rail shows and which screen it is. */
export interface Component {
  readonly kind: ComponentKind;
  /** Part of the URL, unique in the module. */
  readonly name: string;
  readonly title: string;
}

export interface ComponentOptions {
  /** Default: the kind. */
  readonly name?: string;
  readonly title?: string;
}

/** A page with a prompt, params, and streamed completions whose every token can be opened. */
export function generation(options: ComponentOptions = {}): Component {
  return { kind: "generation", name: options.name ?? "generation", title: options.title ?? "Generation" };
}
