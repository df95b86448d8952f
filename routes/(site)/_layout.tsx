import RailFoot from "../../islands/RailFoot.tsx";
import type { Component } from "../../lib/components/component.ts";
import type { State } from "../../lib/server/app_state.ts";
import { define } from "../../lib/server/define.ts";
import type { EngineReport, Registry } from "../../lib/server/registry.ts";
import { EngineList } from "../../lib/ui/frame/EngineList.tsx";
import { Rail, type RailLink } from "../../lib/ui/frame/Rail.tsx";
import { PAGE_STRINGS } from "../../lib/ui/frame/page_strings.ts";
import { visibleText } from "../../lib/lm/visible_text.ts";

export default define.layout(function SiteLayout({ Component, state, url }) {
  const modules = state.registry.modules.map(({ name, title, components }) => ({
    name,
    title: visibleText(title),
    components: components.map((component) => railLink(state, url, name, component)),
  }));
  const engines = enginesOf(state.registry, url);
  return (
    <div class="grid min-h-screen grid-cols-1 content-start mid:grid-cols-app mid:content-stretch">
      <a href="#main" class="sr-only focus:not-sr-only">{PAGE_STRINGS.skipToMain}</a>
      <div class="min-w-0 border-line mid:border-r">
        <Rail modules={modules} current={url.pathname}>
          <EngineList engines={engines} />
          <RailFoot />
        </Rail>
      </div>
      <div class="min-w-0">
        <Component />
      </div>
    </div>
  );
});

/** The screens of the page's own module show what it shows; the page itself begins anew. */
function railLink({ hrefOf }: State, { pathname }: URL, module: string, component: Component): RailLink {
  const { name, kind } = component, plain = `/${module}/${name}`;
  const isBeside = pathname !== plain && pathname.startsWith(`/${module}/`);
  const follows = isBeside && hrefOf !== undefined && kind !== "chat" && kind !== "elements";
  return { name, title: visibleText(component.title), href: isBeside ? hrefOf?.(component) ?? plain : plain, follows };
}

/** The generator of a screen, and of a developer's page all that its code may use. */
function enginesOf(registry: Registry, { pathname, searchParams }: URL): readonly EngineReport[] {
  const [, moduleName, componentName] = pathname.split("/");
  const module = registry.modules.find(({ name }) => name === moduleName);
  const component = module?.components.find(({ name }) => name === componentName);
  if (module === undefined || component === undefined) return [];
  const all = Object.keys(module.generators);
  const wanted = searchParams.get("generator");
  const shown = component.kind === "elements" ? all : all.filter((name) => name === (wanted ?? all[0]));
  return shown.flatMap((name) => registry.engine(module.name, name) ?? []);
}
