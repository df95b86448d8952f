/** The paths that were tried from one prompt, as a tree that only grows. */
import type { Token, TokenId } from "../lm/token.ts";

export interface PathNode {
  readonly token: Token;
  readonly children: readonly PathNode[];
}

/** The tree with a path in it; the same tree when it is there already. */
export function withPath(roots: readonly PathNode[], path: readonly Token[]): readonly PathNode[] {
  const [token, ...rest] = path;
  if (token === undefined) return roots;
  const index = roots.findIndex((node) => node.token.id === token.id);
  const known = roots[index];
  if (known === undefined) return [...roots, { token, children: withPath([], rest) }];
  const children = withPath(known.children, rest);
  return children === known.children ? roots : roots.with(index, { ...known, children });
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
