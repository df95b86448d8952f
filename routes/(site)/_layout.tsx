import RailFoot from "../../islands/RailFoot.tsx";
import { define } from "../../lib/server/define.ts";
import { Rail } from "../../lib/ui/Rail.tsx";
import { PAGE_STRINGS } from "../../lib/ui/page_strings.ts";
import { visibleText } from "../../lib/lm/visible_text.ts";

export default define.layout(function SiteLayout({ Component, state, url }) {
  const modules = state.registry.modules.map(({ name, title, components }) => ({
    name,
    title: visibleText(title),
    components: components.map((component) => ({ name: component.name, title: visibleText(component.title) })),
  }));
  return (
    <div class="grid min-h-screen grid-cols-1 content-start mid:grid-cols-app mid:content-stretch">
      <a href="#main" class="sr-only focus:not-sr-only">{PAGE_STRINGS.skipToMain}</a>
      <div class="min-w-0 border-line mid:border-r">
        <Rail modules={modules} current={url.pathname}>
          <RailFoot />
        </Rail>
      </div>
      <div class="min-w-0">
        <Component />
      </div>
    </div>
  );
});
