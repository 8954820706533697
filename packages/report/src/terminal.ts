// Charts and text for terminals: nothing of SVG, pages or documents is loaded.
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
export { columnsOf, fitColumns, printable, printableStyled } from './terminal/text.ts';
