/** The view of each kind of element. A new element adds its line here. */
import { ButtonView } from "../button/ButtonView.tsx";
import { CollapsibleView } from "../collapsible/CollapsibleView.tsx";
import { ColumnsView } from "../columns/ColumnsView.tsx";
import { HeadingView } from "../heading/HeadingView.tsx";
import { CheckboxView } from "../inputs/CheckboxView.tsx";
import { ChoiceInputView } from "../inputs/ChoiceInputView.tsx";
import { NumberInputView } from "../inputs/NumberInputView.tsx";
import { RadioInputView } from "../inputs/RadioInputView.tsx";
import { TextInputView } from "../inputs/TextInputView.tsx";
import { TableView } from "../table/TableView.tsx";
import { MarkdownView, TextView } from "../text/TextView.tsx";
import type { ElementView } from "./element_view.ts";

export const VIEWS: Readonly<Record<string, ElementView>> = {
  button: ButtonView,
  checkbox: CheckboxView,
  choice_input: ChoiceInputView,
  collapsible: CollapsibleView,
  columns: ColumnsView,
  heading: HeadingView,
  markdown: MarkdownView,
  number_input: NumberInputView,
  radio_input: RadioInputView,
  table: TableView,
  text: TextView,
  text_input: TextInputView,
};
