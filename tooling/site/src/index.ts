export { siteFolder } from './apps.ts';
export { isolation } from './isolation.ts';
export { type FolderServer, type ServeFolderOptions, serveFolder } from './serve-folder.ts';
