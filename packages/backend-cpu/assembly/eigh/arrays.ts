// Arrays by address: shorter to read than loads and stores.

@inline
export function f(array: usize, i: i32): f64 {
  return load<f64>(array + (<usize>i << 3));
}

@inline
export function setF(array: usize, i: i32, x: f64): void {
  store<f64>(array + (<usize>i << 3), x);
}

@inline
export function n(array: usize, i: i32): i32 {
  return load<i32>(array + (<usize>i << 2));
}

@inline
export function setN(array: usize, i: i32, x: i32): void {
  store<i32>(array + (<usize>i << 2), x);
}
