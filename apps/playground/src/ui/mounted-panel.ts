/** A panel in an element of a page. */
export interface MountedPanel {
  /** Takes it out, and frees what it holds. */
  dispose(): void;
}
