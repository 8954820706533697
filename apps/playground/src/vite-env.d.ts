/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Where the documentation is, from the page; only where the playground is built beside it. */
  readonly VITE_DOCUMENTATION?: string;
}
