// Colours of the charts. Series colours follow M. Okabe and K. Ito, "Color Universal Design" (2008), which
// people with any common colour vision can tell apart; for dark backgrounds the dark ones of them are
// lightened in the same hue. Ramps: the anchors of ColorBrewer's Blues and RdBu (C. Brewer), and F. Crameri's
// "berlin" for signed values on dark.

/** Colours that stand for series 0, 1, … on a light and on a dark background. */
export const seriesColors = {
  light: ['#0072b2', '#d55e00', '#009e73', '#b0588f', '#8a6d00', '#3aa0d8', '#444444'],
  dark: ['#56b4e9', '#ff8a4c', '#2fc79c', '#e49bc4', '#e6c22e', '#9ad4f5', '#bbbbbb'],
} as const;

/** A continuous colour scale: colours at equal distances from the lowest to the highest value. */
export interface Ramp {
  readonly light: readonly string[];
  readonly dark: readonly string[];
}

/** For values from zero upwards: zero is close to the background. */
export const sequentialRamp: Ramp = {
  light: ['#f7fbff', '#deebf7', '#c6dbef', '#9ecae1', '#6baed6', '#4292c6', '#2171b5', '#08519c', '#08306b'],
  dark: ['#15191d', '#12304a', '#164a70', '#1f6697', '#3c83b5', '#68a0cc', '#93bce0', '#b9d6ee', '#e2f0fb'],
};

/** For signed values: zero, in the middle, is close to the background; blue is negative, red is positive. */
export const divergingRamp: Ramp = {
  light: [
    '#053061',
    '#2166ac',
    '#4393c3',
    '#92c5de',
    '#d1e5f0',
    '#f7f7f7',
    '#fddbc7',
    '#f4a582',
    '#d6604d',
    '#b2182b',
    '#67001f',
  ],
  dark: [
    '#9eb0ff',
    '#5aa3db',
    '#2d7597',
    '#1a4256',
    '#11191e',
    '#280d01',
    '#501803',
    '#8a3f2a',
    '#c4756a',
    '#ffadad',
  ],
};

/** For pictures: black to white on any background. */
export const grayRamp: Ramp = { light: ['#000000', '#ffffff'], dark: ['#000000', '#ffffff'] };
