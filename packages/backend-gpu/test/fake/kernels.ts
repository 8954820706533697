/** What a kernel of the fake driver works with: its arguments, still as bits, and device memory. */
export interface FakeLaunch {
  readonly values: DataView;
  /** Float64 elements at an address. */
  doubles(address: number, count: number): Float64Array;
}

type FakeKernel = (launch: FakeLaunch) => void;

const integer = ({ values }: FakeLaunch, index: number): number =>
  Number(values.getBigInt64(8 * index, true));
const double = ({ values }: FakeLaunch, index: number): number => values.getFloat64(8 * index, true);

/** Kernels that tests look at the results of, for float64. All others are launched and do nothing. */
export const fakeKernels: Readonly<Record<string, FakeKernel>> = {
  fill(launch) {
    launch.doubles(integer(launch, 0), integer(launch, 2)).fill(double(launch, 1));
  },
  fillStrided(launch) {
    const [step, count] = [integer(launch, 1), integer(launch, 3)];
    const out = launch.doubles(integer(launch, 0), (count - 1) * step + 1);
    for (let i = 0; i < count; i++) out[i * step] = double(launch, 2);
  },
  beginOutcome(launch) {
    launch.doubles(integer(launch, 0), 2).set([-1, 0]);
  },
  largestOfLower(launch) {
    launch.doubles(integer(launch, 2), integer(launch, 1)).fill(1);
  },
  copyStrided(launch) {
    const [step, count] = [integer(launch, 1), integer(launch, 3)];
    const from = launch.doubles(integer(launch, 0), (count - 1) * step + 1);
    const to = launch.doubles(integer(launch, 2), count);
    for (let i = 0; i < count; i++) to[i] = from[i * step] as number;
  },
};
