/** Writes a picture of the page. */
export type Save = (name: string, svg: string) => void;
