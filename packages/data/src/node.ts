export { type ImageFileOptions, readImageFile } from './files/image-files.ts';
export { type ImageFolder, isFolder, listImageFolder } from './files/image-folder.ts';
export { locateDataset } from './files/locate-dataset.ts';
export { readFileBytes } from './files/read-file.ts';
export { readTableFile, type TableFileOptions, tableFormats } from './files/table-files.ts';
export { parseJsonTable } from './json/json.ts';
