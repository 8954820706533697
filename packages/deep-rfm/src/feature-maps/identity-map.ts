import type { FeatureMap } from './feature-map.ts';

/** Φ(x) = x: the projection with M^(1/2) alone, layer after layer. */
export function identityMap(): FeatureMap {
  return { name: 'identity', parameters: {}, apply: (backend, x) => backend.clone(x) };
}
