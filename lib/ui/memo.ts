import { Component, type ComponentChild, type ComponentType, type FunctionComponent, h } from "preact";

/** A view that is drawn again only when its props differ. The one of preact/compat brings all of compat along. */
export function memo<Props extends object>(
  View: FunctionComponent<Props>,
  isSame: (before: Props, after: Props) => boolean,
): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(after: Props): boolean {
      return !isSame(this.props, after);
    }

    override render(): ComponentChild {
      return h(View, this.props);
    }
  };
}
