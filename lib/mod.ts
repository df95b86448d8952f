/**
 * The public API: what an example module imports as "visuallm".
 *
 * @example
 * ```ts
 * import { defineModule, f1, field, generation, jsonl, onnx, prompt } from "visuallm";
 * ```
 * @module
 */
export { defineModule } from "./define_module.ts";
export type { Module } from "./module.ts";
export type { Task } from "./task.ts";
export { chat, type ChatOptions, type Conversation } from "./components/chat.ts";
export {
  type Component,
  component,
  type ComponentContext,
  type ComponentOptions,
  datasetView,
  generation,
  nextToken,
} from "./components/component.ts";
export type { SessionGenerator } from "./components/session_generator.ts";
export { barChart } from "./elements/bar_chart/bar_chart.ts";
export type { Bar, Piece } from "./elements/bar_chart/pieces.ts";
export { button, type ButtonAction } from "./elements/button/button.ts";
export { collapsible } from "./elements/collapsible/collapsible.ts";
export { columns } from "./elements/columns/columns.ts";
export { code } from "./elements/code/code.ts";
export { distribution } from "./elements/distribution/distribution.ts";
export type { Element } from "./elements/element.ts";
export { heading } from "./elements/heading/heading.ts";
export { image } from "./elements/image/image.ts";
export { checkbox } from "./elements/inputs/checkbox.ts";
export { choiceInput } from "./elements/inputs/choice_input.ts";
export { numberInput, rangeInput } from "./elements/inputs/number_input.ts";
export { radioInput } from "./elements/inputs/radio_input.ts";
export { textInput } from "./elements/inputs/text_input.ts";
export { json } from "./elements/json/json.ts";
export { lineChart, type Series } from "./elements/line_chart/line_chart.ts";
export { progress } from "./elements/progress/progress.ts";
export { tokens } from "./elements/tokens/tokens.ts";
export { type Cell, type LinkOptions, type Row, table, type TableOptions } from "./elements/table/table.ts";
export { markdown, text } from "./elements/text/text.ts";
export { type Dataset, type DatasetContext, type DatasetSource, type RowProblem, rows } from "./datasets/dataset.ts";
export { csv, type CsvOptions } from "./datasets/csv.ts";
export { hubDataset, type HubDatasetOptions } from "./datasets/hub.ts";
export { jsonl } from "./datasets/jsonl.ts";
export { lazy } from "./datasets/lazy.ts";
export { parquet, type ParquetOptions } from "./datasets/parquet.ts";
export type { RowSchema } from "./datasets/row_schema.ts";
export type {
  GenerateRequest,
  Generator,
  GeneratorFacts,
  GeneratorSource,
  OpenContext,
  ScoreRequest,
} from "./generators/generator.ts";
export { onnx, type OnnxOptions } from "./generators/onnx/onnx.ts";
export { openai, type OpenAiOptions } from "./generators/openai/openai.ts";
export { logitTable } from "./generators/table.ts";
export { exactMatch } from "./metrics/exact_match.ts";
export { f1 } from "./metrics/f1.ts";
export type { Metric } from "./metrics/metric.ts";
export { perplexity } from "./metrics/perplexity.ts";
export type { Candidate, GeneratorEvent, ScoredToken, Step } from "./lm/event.ts";
export type { Message } from "./lm/message.ts";
export type { NextRequest, NextToken } from "./lm/next.ts";
export type { SamplingParams } from "./lm/params.ts";
export { field, type Prompt, prompt } from "./lm/prompt.ts";
export type { PromptMessage } from "./lm/prompt_messages.ts";
export type { Token } from "./lm/token.ts";
