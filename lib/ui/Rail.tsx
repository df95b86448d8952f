import type { ComponentChildren } from "preact";
import { cx } from "./cx.ts";
import { PAGE_STRINGS } from "./page_strings.ts";
import { STRINGS } from "./strings.ts";

export interface RailModule {
  readonly name: string;
  readonly title: string;
  readonly components: readonly { readonly name: string; readonly title: string }[];
}

interface RailProps {
  readonly modules: readonly RailModule[];
  readonly current: string;
  /** Below the modules. */
  readonly children?: ComponentChildren;
}

/** The modules and their components; a scrollable strip on narrow screens. */
export function Rail(props: RailProps) {
  return (
    <nav
      aria-label={PAGE_STRINGS.components}
      class="flex items-center gap-3 overflow-x-auto whitespace-nowrap mid:whitespace-normal border-b border-line px-3 py-2 mid:sticky mid:top-0 mid:h-screen mid:flex-col mid:items-stretch mid:gap-5 mid:overflow-y-auto mid:border-b-0 mid:py-4"
    >
      <a href="/" class="px-2 font-semibold tracking-tight">{STRINGS.brand}</a>
      {props.modules.map((module) => (
        <div class="flex items-center gap-1 mid:flex-col mid:items-stretch mid:gap-0">
          <h2 class="px-2 text-11 mid:pb-1 font-semibold uppercase tracking-wider text-soft">{module.title}</h2>
          {module.components.map((component) => {
            const href = `/${module.name}/${component.name}`;
            const isCurrent = href === props.current;
            return (
              <a
                href={href}
                aria-current={isCurrent ? "page" : undefined}
                class={cx(
                  "block rounded-md border-l-2 px-2 py-1 hover:bg-sunk",
                  isCurrent ? "border-accent bg-sunk font-semibold" : "border-transparent",
                )}
              >
                {component.title}
              </a>
            );
          })}
        </div>
      ))}
      <div class="mid:mt-auto">{props.children}</div>
    </nav>
  );
}
