import { choice, type Given, mostSteps, number, resolve, type Settings, whole } from '@agop/core/options';

/** How the nodes choose their tests; see {@link hashingOptions}. */
export const strategies = ['game', 'published', 'uniform', 'uniform-all'] as const;

/** Options of {@link RobustHashForest}. */
export const hashingOptions = {
  radius: whole({
    from: 0,
    description: 'Bits that a query may have wrong',
    required: true,
  }),
  rho: number({
    from: 0,
    description: 'Exponent of the value of a test, 1 over the approximation factor',
    default: 0.5,
  }),
  trees: whole({ from: 1, to: 100_000, description: 'Number of independent trees', default: 20 }),
  bucket: whole({ from: 1, description: 'Nodes with at most so many points are leaves', default: 5 }),
  rounds: whole({ from: 2, to: mostSteps, description: 'Rounds of the game at a node', default: 150 }),
  strategy: choice(strategies, {
    description:
      'How tests are chosen: by the game, by the rule of the published program, or at random among the bits that vary, or among all: {choices}',
    default: 'game',
  }),
  beta: number({
    above: 0,
    below: 1,
    description: "Factor per unit of loss, for the strategy 'published'",
    default: 1 - Math.sqrt(3 / 30),
  }),
  gamePoints: whole({
    from: 2,
    description: 'Points that play the game at a node with more: evenly spaced ones',
    default: 4096,
  }),
  seed: whole({ from: 0, description: 'Seed of the random choices', default: 0 }),
};

/** Options of {@link RobustHashForest}, by name. */
export type HashingOptions = Given<typeof hashingOptions>;
/** {@link HashingOptions} with the defaults filled in. */
export type HashingSettings = Settings<typeof hashingOptions>;

/** Checks the options and fills in the defaults. @throws {OptionError} for an unknown option or value */
export function hashingSettings(options: HashingOptions): HashingSettings {
  return resolve(hashingOptions, options);
}
