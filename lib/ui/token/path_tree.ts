/** The paths that were tried from one prompt, as a tree that only grows. */
import type { Token, TokenId } from "../../lm/token.ts";

export interface PathNode {
  readonly token: Token;
  readonly children: readonly PathNode[];
}

/** The tree with a path in it; the same tree when it is there already. */
export function withPath(roots: readonly PathNode[], path: readonly Token[]): readonly PathNode[] {
  const known: { readonly level: readonly PathNode[]; readonly index: number; readonly node: PathNode }[] = [];
  let level = roots;
  for (const { id } of path) {
    const index = level.findIndex(({ token }) => token.id === id), node = level[index];
    if (node === undefined) break;
    known.push({ level, index, node });
    level = node.children;
  }
  const [token, ...rest] = path.slice(known.length);
  if (token === undefined) return roots;
  // Subtle: from its end on and without recursion, as a path may have as many tokens as a model writes.
  const children = rest.reduceRight<readonly PathNode[]>((children, token) => [{ token, children }], []);
  return known.reduceRight<readonly PathNode[]>(
    (children, { level, index, node }) => level.with(index, { ...node, children }),
    [...level, { token, children }],
  );
}

/** A branch without forks, as one row: its tokens, and where it forks. */
export interface PathRow {
  readonly depth: number;
  /** The path up to the row's first token, that one left out. */
  readonly before: readonly TokenId[];
  readonly tokens: readonly Token[];
}

/** The tree as rows, a new row at each fork. */
export function pathRows(roots: readonly PathNode[], before: readonly TokenId[] = [], depth = 0): readonly PathRow[] {
  return roots.flatMap((root) => {
    const tokens: Token[] = [];
    let node: PathNode | undefined = root;
    let children: readonly PathNode[] = [];
    while (node !== undefined) {
      tokens.push(node.token);
      children = node.children;
      node = children.length === 1 ? children[0] : undefined;
    }
    const ids = [...before, ...tokens.map(({ id }) => id)];
    return [{ depth, before, tokens }, ...pathRows(children, ids, depth + 1)];
  });
}

/** The path whose last token is the next or previous one that was tried in its place; undefined when there is none. */
export function besidePath(
  roots: readonly PathNode[],
  path: readonly TokenId[],
  by: -1 | 1,
): readonly TokenId[] | undefined {
  let level = roots;
  for (const id of path.slice(0, -1)) level = level.find(({ token }) => token.id === id)?.children ?? [];
  const at = level.findIndex(({ token }) => token.id === path.at(-1));
  const beside = at < 0 ? undefined : level[at + by];
  return beside && [...path.slice(0, -1), beside.token.id];
}
