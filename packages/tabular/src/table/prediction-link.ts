import type { Rows } from '@agop/estimators';
import { type ProbabilityMap, toCalibrated } from '../calibration/temperature.ts';
import { type OutputScale, slopeOfUnits, toUnits } from '../tuner/output-scale.ts';
import type { FittedMember } from './fitted-table.ts';

/** A member with rows as it sees them, and the row that it counts from. */
export interface Path {
  readonly member: FittedMember;
  /** For each of the member's columns, its place among the table's. */
  readonly places: Int32Array;
  readonly codes: readonly number[];
  readonly rows: Rows;
  readonly from: Float64Array;
}

/** Outputs of the members in the middle of a step, and how far they move in it: [n, outputs] each. */
export type Answers = readonly {
  readonly path: Path;
  readonly outputs: Float64Array;
  readonly moves?: Float64Array;
}[];

/** Which predictions an output of a member moves, and by how much. */
type Slopes = (path: Path, output: number) => readonly (readonly [to: number, slope: number])[];

/** From the outputs of members to what is predicted. */
export interface Link {
  /** What is predicted, [n, outputs]. */
  value(answers: Answers, rows: number): Float64Array;
  slopes(answers: Answers, row: number): Slopes;
  /** Whether each prediction rests on all outputs. */
  readonly isJoint: boolean;
}

/** Averages of members in the units of the targets. */
export function unitsLink(c: number): Link {
  const scaleOf = ({ member }: Path, output: number): OutputScale => member.scales[output] as OutputScale;
  return {
    isJoint: false,
    value: (answers, rows) =>
      Float64Array.from({ length: rows * c }, (_, at) =>
        answers.reduce(
          (sum, { path, outputs }) =>
            sum + path.member.share * toUnits(scaleOf(path, at % c), outputs[at] as number),
          0,
        ),
      ),
    slopes: (answers, row) => (path, output) => {
      const value = answers.find((one) => one.path === path)?.outputs[row * c + output] ?? 0;
      return [[output, path.member.share * slopeOfUnits(scaleOf(path, output), value)]];
    },
  };
}

/** Most places within a step at which the slopes of probabilities are averaged. */
const mostPlaces = 64;

/** Probabilities of averaged outputs. */
export function probabilityLink(map: ProbabilityMap, c: number): Link {
  const averageOf = (answers: Answers, row: number, of: (one: Answers[number]) => Float64Array | undefined) =>
    Float64Array.from({ length: c }, (_, o) =>
      answers.reduce((sum, one) => sum + one.path.member.share * (of(one)?.[row * c + o] ?? 0), 0),
    );
  return {
    isJoint: true,
    value: (answers, rows) => {
      const averages = Array.from({ length: rows }, (_, row) =>
        averageOf(answers, row, (one) => one.outputs),
      );
      return toCalibrated(
        averages.flatMap((own) => [...own]),
        c,
        map,
      );
    },
    // Probabilities may turn within a step: their slopes are averaged over it.
    slopes: (answers, row) => {
      const middle = averageOf(answers, row, ({ outputs }) => outputs);
      const move = averageOf(answers, row, ({ moves }) => moves);
      const turn = Math.max(...move.map(Math.abs)) / map.temperature;
      const places = Math.min(mostPlaces, Math.max(1, Math.ceil(2 * turn)));
      const slopes = new Float64Array(c * c);
      for (let place = 0; place < places; place++) {
        const share = (place + 0.5) / places - 0.5;
        const shares = toCalibrated(
          middle.map((value, o) => value + share * (move[o] as number)),
          c,
          { ...map, floor: 0 },
        );
        for (let to = 0; to < c; to++) {
          for (let o = 0; o < c; o++) {
            const slope = ((to === o ? 1 : 0) - (shares[to] as number)) * (shares[o] as number);
            slopes[to * c + o] = (slopes[to * c + o] as number) + slope / places;
          }
        }
      }
      const factor = (1 - map.floor) / map.temperature;
      return ({ member }, output) =>
        Array.from(
          { length: c },
          (_, to) => [to, member.share * factor * (slopes[to * c + output] as number)] as const,
        );
    },
  };
}
