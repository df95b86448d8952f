import { Button } from "../Button.tsx";
import { changedParams } from "../address/generation_screen.ts";
import { isRunning } from "./generation_state.ts";
import type { GenerationViewProps } from "./generation_props.ts";
import { Panel } from "../Panel.tsx";
import { ParamsForm } from "../params/ParamsForm.tsx";
import { GENERATION_STRINGS } from "../generation_strings.ts";

/** The params with Reset, Stop and Generate. */
export function SamplingPanel(props: GenerationViewProps) {
  const { screen, params, run, runs, onParams, onStop } = props;
  const changed = changedParams(params, screen.defaults).length;
  const refused = [run.problem, props.pageProblem].find((problem) => problem?.field?.startsWith("params.") === true);
  return (
    <Panel
      title={GENERATION_STRINGS.sampling}
      facts={GENERATION_STRINGS.changed(changed)}
      actions={
        <>
          <Button disabled={changed === 0} onClick={() => onParams(screen.defaults)}>{GENERATION_STRINGS.reset}</Button>
          <Button disabled={!runs.some(isRunning)} onClick={onStop} keys="Esc">{GENERATION_STRINGS.stop}</Button>
          <Button primary submit keys="Ctrl ↵">{GENERATION_STRINGS.generate}</Button>
        </>
      }
    >
      <ParamsForm
        params={params}
        defaults={screen.defaults}
        refused={refused?.field === undefined ? undefined : { field: refused.field, reason: refused.detail }}
        onChange={onParams}
      />
    </Panel>
  );
}
