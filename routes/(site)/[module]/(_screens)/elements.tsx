import ComponentView from "../../../../islands/ComponentView.tsx";
import type { ElementsComponent } from "../../../../lib/components/component.ts";
import { visibleText } from "../../../../lib/lm/visible_text.ts";
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
  return { title, status: 200, body: <ComponentView api={api} title={title} state={session.state()} /> };
}
