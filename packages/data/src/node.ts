export { readCsvFile, readFoldsFile } from './files/csv-file.ts';
export { type ImageFileOptions, readImageFile } from './files/image-files.ts';
export { readFileBytes } from './files/read-file.ts';
