export { encodePng, type PngPixels } from './png/encode.ts';
