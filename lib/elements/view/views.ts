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
import { JsonView } from "../json/JsonView.tsx";
import { LineChartView } from "../line_chart/LineChartView.tsx";
import { ProgressView } from "../progress/ProgressView.tsx";
import { TableView } from "../table/TableView.tsx";
import { MarkdownView, TextView } from "../text/TextView.tsx";
import { TokensView } from "../tokens/TokensView.tsx";
import type { ElementView } from "./element_view.ts";
import { INPUT_VIEWS } from "./input_views.ts";

export const VIEWS: Readonly<Record<string, ElementView>> = {
  ...INPUT_VIEWS,
  bar_chart: BarChartView,
  button: ButtonView,
  collapsible: CollapsibleView,
  columns: ColumnsView,
  code: CodeView,
  distribution: DistributionView,
  heading: HeadingView,
  image: ImageView,
  json: JsonView,
  line_chart: LineChartView,
  markdown: MarkdownView,
  progress: ProgressView,
  selectable_bar_chart: SelectableBarChartView,
  table: TableView,
  text: TextView,
  tokens: TokensView,
};
