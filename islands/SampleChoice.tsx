import type { GenerationScreen } from "../lib/ui/generation_screen.ts";
import { leaveFor, SampleBar } from "../lib/ui/SampleBar.tsx";

/** The bar that chooses the sample, for a page that is otherwise without script. */
export default function SampleChoice({ screen }: { readonly screen: GenerationScreen }) {
  return (
    <form method="get" action={`/${screen.module}/${screen.component}`} onChange={leaveFor}>
      <SampleBar screen={screen} />
    </form>
  );
}
