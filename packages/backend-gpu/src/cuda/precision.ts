export const precisions = ['float32', '3xtf32', 'tf32'] as const;

/** How float32 products are made: see `CudaBackendOptions`. */
export type Precision = (typeof precisions)[number];

/** cublasMath_t */
export const mathMode = { default: 0, tf32: 3 } as const;
