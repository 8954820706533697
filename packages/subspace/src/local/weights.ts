import { input } from '@agop/core';

const squared = input('p').add(input('q')).sub(input('u').mul(2)).max(0);

/**
 * exp(-‖z - x‖² / s) from u = z·x, p = ‖z‖², q = ‖x‖² and the scale s = 2 h² of each center z: the weights
 * of the samples in the local regression at z, before they are scaled to sum 1.
 */
export const gaussianWeights = squared.div(input('scale')).neg().exp();

const residual = input('y').sub(input('c')).sub(input('u'));

/**
 * w exp(-e² / (2 h²)) from weights w and the residuals e = y - c - b·x of the local fits, with u = b·x:
 * weights of the next step of modal regression.
 */
export const modalWeights = input('w').mul(residual.mul(residual).div(input('scale')).neg().exp());

/** u · v, by which products of features are made. */
export const productOf = input('a').mul(input('b'));
