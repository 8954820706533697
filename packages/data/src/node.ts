export { readCsvFile, readFoldsFile } from './files/csv-file.ts';
export { type ImageFileOptions, readImageFile } from './files/image-files.ts';
export { type ImageFolder, isFolder, listImageFolder } from './files/image-folder.ts';
export { readFileBytes } from './files/read-file.ts';
