import type { ComponentChildren } from "preact";
import { cx } from "../cx.ts";
import { PAGE_STRINGS } from "./page_strings.ts";

export interface RailLink {
  readonly name: string;
  readonly title: string;
  readonly href: string;
  /** Whether it leads to what the page shows, also after that was changed in the page. */
  readonly follows: boolean;
}

export interface RailModule {
  readonly name: string;
  readonly title: string;
  readonly components: readonly RailLink[];
}

interface RailProps {
  readonly modules: readonly RailModule[];
  readonly current: string;
  /** Below the modules. */
  readonly children?: ComponentChildren;
}

/** The modules and their components; on narrow screens a strip that scrolls beside the name, and fades where it goes on. */
export function Rail(props: RailProps) {
  return (
    <nav
      aria-label={PAGE_STRINGS.components}
      class="flex items-center border-b border-line pl-1 mid:sticky mid:top-0 mid:h-screen mid:flex-col mid:items-stretch mid:gap-4 mid:border-b-0 mid:px-3 mid:pb-2 mid:pt-4"
    >
      <a href="/" class="px-2 py-3 mid:py-0 font-semibold tracking-tight">{PAGE_STRINGS.brand}</a>
      {/* Wide, the modules scroll between the name and the foot, so that neither is ever below the fold. */}
      <div class="fade-x flex min-w-0 flex-1 items-center gap-3 overflow-x-auto whitespace-nowrap px-6 py-2 mid:contents mid:whitespace-normal">
        <div class="contents mid:-mx-1 mid:flex mid:min-h-0 mid:flex-1 mid:flex-col mid:fade-y mid:gap-5 mid:overflow-y-auto mid:px-1 mid:pb-4 mid:scroll-py-5">
          {props.modules.map((module) => <ModuleLinks key={module.name} module={module} current={props.current} />)}
        </div>
        <div class="mid:border-t mid:border-line mid:pt-2">{props.children}</div>
      </div>
    </nav>
  );
}

function ModuleLinks({ module, current }: { readonly module: RailModule; readonly current: string }) {
  return (
    <div class="flex items-center gap-1 mid:flex-col mid:items-stretch mid:gap-0">
      <h2 class="px-2 text-11 mid:pb-1 font-semibold uppercase tracking-wider text-soft">{module.title}</h2>
      {module.components.map((component) => {
        const isCurrent = `/${module.name}/${component.name}` === current;
        return (
          <a
            key={component.name}
            href={component.href}
            data-follows={component.follows ? component.name : undefined}
            aria-current={isCurrent ? "page" : undefined}
            class={cx(
              "block rounded-md border-l-2 py-1 pl-1.5 pr-2 hover:bg-sunk",
              isCurrent ? "border-accent bg-sunk font-semibold" : "border-transparent",
            )}
          >
            {component.title}
          </a>
        );
      })}
    </div>
  );
}
