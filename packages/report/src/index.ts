export type { NumberAxis } from './charts/axis.ts';
export { type Bar, type BarChartOptions, barChart } from './charts/bar-chart.ts';
export { type HeatMapOptions, heatMap, type MatrixData } from './charts/heat-map.ts';
export { type ImageGridOptions, imageGrid, type Picture } from './charts/image-grid.ts';
export { type LineChartOptions, lineChart, type Mark, type Series } from './charts/line-chart.ts';
export type { RampName } from './charts/raster.ts';
export { type SpectrumChartOptions, spectrumChart } from './charts/spectrum-chart.ts';
export { divergingRamp, grayRamp, type Ramp, sequentialRamp, seriesColors } from './color/palette.ts';
export { type Block, block, type Cell } from './page/blocks.ts';
export { htmlPage, type PageOptions, type Section } from './page/html-page.ts';
export { encodePng, type PngPixels } from './png/encode.ts';
export { escapeMarkup } from './svg/escape.ts';
export type { ChartOptions, Theme } from './svg/frame.ts';
export { formatNumber, formatPercent } from './svg/number.ts';
export { type BarTableOptions, barTable } from './terminal/bars.ts';
export { LiveBlock, type LiveOutput } from './terminal/live.ts';
export { type Panel, type PanelOptions, panelChart } from './terminal/panels.ts';
export { shadePicture } from './terminal/picture.ts';
export { type SparklineOptions, sparkline } from './terminal/sparkline.ts';
export {
  outputWidth,
  type TerminalStyle,
  type TextOutput,
  terminalStyle,
  wantsColor,
} from './terminal/style.ts';
export { columnsOf, fitColumns, printable } from './terminal/text.ts';
