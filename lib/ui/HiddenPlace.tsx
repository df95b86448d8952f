/** What a GET form must carry, so that it changes one thing of the place and keeps the rest. */
export function HiddenPlace({ href }: { readonly href: string }) {
  const query = new URLSearchParams(href.slice(href.indexOf("?")));
  return <>{[...query].map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}</>;
}
