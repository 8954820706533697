export * from './local/sums.ts';
