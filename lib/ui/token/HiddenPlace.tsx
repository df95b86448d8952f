import { inForm } from "../address/own_prompt.ts";

interface HiddenPlaceProps {
  /** The place, as a link leads there; what stands behind "#" is no part of what a form sends. */
  readonly href: string;
  /** What a field of the form itself says. */
  readonly except?: string;
}

/** What a GET form must carry, so that it changes one thing of the place and keeps the rest. */
export function HiddenPlace({ href, except }: HiddenPlaceProps) {
  // A link within the app needs a host to be read at all.
  const query = [...new URL(href, "http://page").searchParams].filter(([name]) => name !== except).map(inForm);
  return <>{query.map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}</>;
}
