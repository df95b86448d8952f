import { type GenerationScreen, paramsToQuery } from "../lib/ui/address/generation_screen.ts";
import { leaveFor, SampleBar } from "../lib/ui/frame/SampleBar.tsx";

interface SampleChoiceProps {
  readonly screen: GenerationScreen;
  /** What else of the address stays at another sample. */
  readonly kept: readonly (readonly [name: string, value: string])[];
}

/** The bar that chooses the sample, for a page that is otherwise without script. */
export default function SampleChoice({ screen, kept }: SampleChoiceProps) {
  return (
    <form method="get" action={`/${screen.module}/${screen.component}`} onChange={leaveFor}>
      {paramsToQuery(screen.params, screen.defaults).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <SampleBar screen={screen} kept={kept} />
    </form>
  );
}
