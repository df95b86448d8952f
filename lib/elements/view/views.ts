/** The view of each kind of element. A new element adds its line here. */
import { BarChartView } from "../bar_chart/BarChartView.tsx";
import { SelectableBarChartView } from "../bar_chart/SelectableBarChartView.tsx";
import { ButtonView } from "../button/ButtonView.tsx";
import { CollapsibleView } from "../collapsible/CollapsibleView.tsx";
import { ColumnsView } from "../columns/ColumnsView.tsx";
import { CodeView } from "../code/CodeView.tsx";
import { DistributionView } from "../distribution/DistributionView.tsx";
import { HeadingView } from "../heading/HeadingView.tsx";
import { ImageView } from "../image/ImageView.tsx";
import { CheckboxView } from "../inputs/CheckboxView.tsx";
import { ChoiceInputView } from "../inputs/ChoiceInputView.tsx";
import { NumberInputView } from "../inputs/NumberInputView.tsx";
import { RadioInputView } from "../inputs/RadioInputView.tsx";
import { TextInputView } from "../inputs/TextInputView.tsx";
import { JsonView } from "../json/JsonView.tsx";
import { LineChartView } from "../line_chart/LineChartView.tsx";
import { ProgressView } from "../progress/ProgressView.tsx";
import { TableView } from "../table/TableView.tsx";
import { MarkdownView, TextView } from "../text/TextView.tsx";
import { TokensView } from "../tokens/TokensView.tsx";
import type { ElementView } from "./element_view.ts";

export const VIEWS: Readonly<Record<string, ElementView>> = {
  bar_chart: BarChartView,
  button: ButtonView,
  checkbox: CheckboxView,
  choice_input: ChoiceInputView,
  collapsible: CollapsibleView,
  columns: ColumnsView,
  code: CodeView,
  distribution: DistributionView,
  heading: HeadingView,
  image: ImageView,
  json: JsonView,
  line_chart: LineChartView,
  markdown: MarkdownView,
  number_input: NumberInputView,
  progress: ProgressView,
  radio_input: RadioInputView,
  selectable_bar_chart: SelectableBarChartView,
  table: TableView,
  text: TextView,
  text_input: TextInputView,
  tokens: TokensView,
};
