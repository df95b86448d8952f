import ComponentView from "../../../../islands/ComponentView.tsx";
import type { ElementsComponent } from "../../../../lib/components/component.ts";
import { visibleText } from "../../../../lib/lm/visible_text.ts";
import { PAGE_STRINGS } from "../../../../lib/ui/frame/page_strings.ts";
import type { Module } from "../../../../lib/module.ts";
import type { Screen, ScreenRequest } from "./screen.ts";

/** Opens a session of a developer's page and shows its elements as they are at first. */
export async function openElements(
  { state: { sessions, client } }: ScreenRequest,
  module: Module,
  component: ElementsComponent,
): Promise<Screen> {
  const session = await sessions.open({ module, component, client });
  const title = visibleText(component.title), api = `/api/${module.name}/${component.name}`;
  const body = (
    <main id="main" class="flex min-w-0 max-w-[1200px] flex-col gap-4 p-3 pb-8 mid:px-5 mid:py-4">
      <h1 class="text-18 font-semibold tracking-tight">{title}</h1>
      <noscript>
        <p class="text-soft">{PAGE_STRINGS.elementsNeedScript}</p>
      </noscript>
      <ComponentView api={api} state={session.state()} />
    </main>
  );
  return { title, status: 200, body };
}
