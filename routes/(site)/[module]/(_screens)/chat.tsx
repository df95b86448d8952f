import Chat from "../../../../islands/Chat.tsx";
import type { ChatComponent } from "../../../../lib/components/chat.ts";
import { Page } from "../../../../lib/elements/page.ts";
import { visibleText } from "../../../../lib/lm/visible_text.ts";
import type { Module } from "../../../../lib/module.ts";
import { makeControls } from "../../../../lib/server/chat.ts";
import { ofModule, resolveGenerator } from "../../../../lib/server/place.ts";
import { defaultsOf, paramsFromQuery } from "../../../../lib/ui/address/generation_screen.ts";
import type { ChatScreen } from "../../../../lib/ui/address/chat_screen.ts";
import { badQuery, type Screen, type ScreenRequest } from "./screen.ts";

export function openChat(
  { state: { registry }, url }: ScreenRequest,
  module: Module,
  component: ChatComponent,
): Screen {
  const { name, system, starters, metrics, params } = component;
  const title = visibleText(component.title), page = new Page();
  const controls = Object.entries(makeControls(registry, module, component));
  ofModule(registry, module, `show the controls of "${component.title}"`, () => {
    for (const [, control] of controls) page.add(control);
  });
  const defaults = defaultsOf(params);
  const read = paramsFromQuery(url.searchParams, defaults);
  const screen: ChatScreen = {
    module: module.name,
    component: name,
    title,
    system,
    starters,
    metrics: Object.entries(metrics).map(([name, { description }]) => ({ name, description })),
    generators: Object.keys(module.generators),
    generator: resolveGenerator(module, url.searchParams.get("generator") ?? undefined),
    defaults,
    params: read.params,
    ...(read.problem === undefined ? {} : { problem: badQuery(read.problem.detail, read.problem.field) }),
    elements: page.snapshot(),
    controls: Object.fromEntries(controls.map(([key, control]) => [key, page.nameOf(control) ?? key])),
  };
  return { title, status: read.problem === undefined ? 200 : 422, body: <Chat screen={screen} />, shown: screen };
}
