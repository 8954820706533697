export { type ImageFileOptions, readImageFile } from './files/image-files.ts';
export { type ImageFolder, isFolder, listImageFolder } from './files/image-folder.ts';
export { locateDataset } from './files/locate-dataset.ts';
export { readFileBytes } from './files/read-file.ts';
export { readTableFile } from './files/table-files.ts';
export { type TableFileOptions, tableFormats } from './formats/table-formats.ts';
export { parseJsonTable } from './json/json.ts';
