import { type Colouring, HEAT_ENDS } from "./token_heat.ts";

/** The ramp with its two ends named. */
export function HeatLegend(props: { readonly colouring: Colouring }) {
  if (props.colouring === "none") return null;
  const [low, high] = HEAT_ENDS[props.colouring];
  return (
    <span class="inline-flex items-center gap-1 text-12 text-soft">
      {low}
      <i class="inline-block h-2.5 w-[18px] rounded-sm border border-line" />
      <i class="inline-block h-2.5 w-[18px] rounded-sm border border-line bg-heat1" />
      <i class="inline-block h-2.5 w-[18px] rounded-sm border border-line bg-heat2" />
      <i class="inline-block h-2.5 w-[18px] rounded-sm border border-line bg-heat3" />
      <i class="inline-block h-2.5 w-[18px] rounded-sm border border-line bg-heat4" />
      {high}
    </span>
  );
}
