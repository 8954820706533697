/**
 * The operators of expressions in WGSL, as `unaryOperators` and `binaryOperators` of `@agop/core/engine`
 * define them. WGSL's own functions may be coarse, and may take for granted that there is no NaN and no
 * infinity; these go by the bits of their arguments there.
 *
 * They have no branches: a driver took time that doubled with each branch of a long expression.
 */
interface Elementary {
  /** Those of this table that it calls. */
  readonly needs?: readonly ElementaryName[];
  readonly code: string;
}

export type ElementaryName =
  | 'isNaN'
  | 'infinity'
  | 'notANumber'
  | 'kept'
  | 'absOf'
  | 'signOf'
  | 'smaller'
  | 'larger'
  | 'isLess'
  | 'isLessEqual'
  | 'rootOf'
  | 'expOf'
  | 'logOf'
  | 'sinOf'
  | 'cosOf'
  | 'tanhOf'
  | 'acosOf'
  | 'arcCosine0'
  | 'arcCosine1'
  | 'powerOf'
  | 'specialPower'
  | 'isFinite'
  | 'scaledExp'
  | 'powerOfTwo'
  | 'fraction'
  | 'quarter'
  | 'largeQuarter'
  | 'sineSeries';

const table: Readonly<Record<ElementaryName, Elementary>> = {
  isNaN: { code: 'fn isNaN(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }' },
  // Constants that are infinite do not compile.
  infinity: { code: 'fn infinity() -> f32 { return bitcast<f32>(0x7f800000u | u.zero); }' },
  notANumber: { code: 'fn notANumber() -> f32 { return bitcast<f32>(0x7fc00000u | u.zero); }' },
  // The value as it is rounded, which the compiler cannot see through to reorder what comes before and after.
  kept: { code: 'fn kept(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ u.zero); }' },
  absOf: { code: 'fn absOf(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0x7fffffffu); }' },
  signOf: {
    needs: ['isNaN'],
    code: `fn signOf(x: f32) -> f32 {
  return select(select(select(x, -1.0, x < 0.0), 1.0, x > 0.0), x, isNaN(x));
}`,
  },
  smaller: {
    needs: ['isNaN'],
    code: `fn smaller(x: f32, y: f32) -> f32 {
  return select(select(select(x, y, y < x), y, isNaN(y)), x, isNaN(x));
}`,
  },
  larger: {
    needs: ['isNaN'],
    code: `fn larger(x: f32, y: f32) -> f32 {
  return select(select(select(x, y, y > x), y, isNaN(y)), x, isNaN(x));
}`,
  },
  isLess: {
    needs: ['isNaN'],
    code: 'fn isLess(x: f32, y: f32) -> bool { return (x < y) & !isNaN(x) & !isNaN(y); }',
  },
  isLessEqual: {
    needs: ['isNaN'],
    code: 'fn isLessEqual(x: f32, y: f32) -> bool { return (x <= y) & !isNaN(x) & !isNaN(y); }',
  },
  rootOf: {
    needs: ['isNaN', 'notANumber'],
    code: `fn rootOf(x: f32) -> f32 {
  let isSame = isNaN(x) | (x == 0.0) | (bitcast<u32>(x) == 0x7f800000u);
  return select(select(sqrt(x), notANumber(), x < 0.0), x, isSame);
}`,
  },
  expOf: {
    needs: ['isNaN', 'scaledExp', 'kept'],
    code: `fn expOf(x: f32) -> f32 {
  // Beyond these the result is 0 or infinite.
  let y = clamp(select(x, 0.0, isNaN(x)), -110.0, 90.0);
  let n = round(y * 1.44269504);
  let high = kept(y - n * 0.693145751953125);
  return select(scaledExp(high - n * 1.42860677e-6, i32(n)), x, isNaN(x));
}`,
  },
  // 2^n e^r for |r| up to ln(2) / 2: a Taylor series, whose next term is 5e-9, and a scale in two steps.
  scaledExp: {
    code: `fn scaledExp(r: f32, n: i32) -> f32 {
  let p = 0.5 + r * (0.166666667 + r * (0.0416666667 + r * (0.00833333333 + r * (0.00138888889 + r * 0.000198412698))));
  let e = 1.0 + (r + r * r * p);
  let half = n >> 1u;
  return (e * powerOfTwo(half)) * powerOfTwo(n - half);
}`,
    needs: ['powerOfTwo'],
  },
  powerOfTwo: { code: 'fn powerOfTwo(n: i32) -> f32 { return bitcast<f32>(u32(n + 127) << 23u); }' },
  // x = 2^n (1 + f), 1 + f between √½ and √2, for x that is positive and finite.
  fraction: {
    code: `struct Fraction { f: f32, n: f32 }
fn fraction(x: f32) -> Fraction {
  let isSmall = bitcast<u32>(x) < 0x00800000u;
  let bits = bitcast<u32>(select(x, x * 8388608.0, isSmall));
  let n = i32((bits - 0x3f3504f3u) >> 23u);
  let exponent = select(n, n - 512, n >= 256);
  let m = bitcast<f32>(bits - (u32(exponent) << 23u));
  return Fraction(m - 1.0, f32(exponent) - select(0.0, 23.0, isSmall));
}`,
  },
  // log(1 + f) by s = f / (2 + f), as 2 artanh(s): the series' next term is 7e-10 of it.
  logOf: {
    needs: ['isNaN', 'infinity', 'notANumber', 'fraction'],
    code: `fn logOf(x: f32) -> f32 {
  let isSame = isNaN(x) | (bitcast<u32>(x) == 0x7f800000u);
  let isPositive = (x > 0.0) & !isSame;
  let parts = fraction(select(1.0, x, isPositive));
  let f = parts.f;
  let s = f / (2.0 + f);
  let z = s * s;
  let r = z * (0.666666667 + z * (0.4 + z * (0.285714286 + z * 0.222222222)));
  let half = 0.5 * f * f;
  let value = parts.n * 0.693145751953125 - ((half - (s * (half + r) + parts.n * 1.42860677e-6)) - f);
  let other = select(select(notANumber(), -infinity(), x == 0.0), x, isSame);
  return select(other, value, isPositive);
}`,
  },
  // x modulo π/2 in (-π/4, π/4), and how many times it was taken away, modulo 4.
  quarter: {
    needs: ['kept', 'largeQuarter', 'absOf'],
    code: `fn quarter(x: f32) -> Quarter {
  let isLarge = absOf(x) >= 200.0;
  let n = round(select(x, 0.0, isLarge) * 0.636619772);
  // π/2 in two parts of 16 bits and the rest: the products with n are exact.
  let r = kept(kept(x - n * 1.570770263671875) - n * 2.6063062250614166e-5) - n * 6.07710063e-11;
  let large = largeQuarter(x);
  return Quarter(select(r, large.r, isLarge), select(u32(i32(n)) & 3u, large.n, isLarge));
}`,
  },
  // By 96 bits of 2/π that matter for the exponent of x (Payne & Hanek 1983).
  largeQuarter: {
    code: `struct Quarter { r: f32, n: u32 }
// Words of 32 bits of 2/π from one of them on; there is one of zeros before.
struct Words { a: u32, b: u32, c: u32, d: u32 }
fn twoOverPi(at: u32) -> Words {
  let by4 = (at & 4u) != 0u;
  let a = select(0u, 0xf534ddc0u, by4);
  let b = select(0xa2f9836eu, 0xdb629599u, by4);
  let c = select(0x4e441529u, 0x3c439041u, by4);
  let d = select(0xfc2757d1u, 0xfe5163abu, by4);
  let e = select(0xf534ddc0u, 0xdebbc561u, by4);
  let f = select(0xdb629599u, 0xb7246e3au, by4);
  let g = select(0x3c439041u, 0x424dd2e0u, by4);
  let by2 = (at & 2u) != 0u;
  let p = select(a, c, by2);
  let q = select(b, d, by2);
  let r = select(c, e, by2);
  let s = select(d, f, by2);
  let t = select(e, g, by2);
  let by1 = (at & 1u) != 0u;
  return Words(select(p, q, by1), select(q, r, by1), select(r, s, by1), select(s, t, by1));
}
fn shifted(word: u32, next: u32, shift: u32) -> u32 {
  return (word << shift) | select(next >> ((32u - shift) & 31u), 0u, shift == 0u);
}
fn highProduct(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}
fn largeQuarter(x: f32) -> Quarter {
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  let mantissa = (bits & 0x7fffffu) | 0x800000u;
  // The first bit of 2/π whose product with the mantissa matters modulo 4 is at this place of the words.
  let first = (bits >> 23u) - 150u + 30u;
  let words = twoOverPi(first >> 5u);
  let shift = first & 31u;
  let middle = shifted(words.b, words.c, shift);
  var low = mantissa * middle;
  var high = mantissa * shifted(words.a, words.b, shift) + highProduct(mantissa, middle);
  let carried = low + highProduct(mantissa, shifted(words.c, words.d, shift));
  high += select(0u, 1u, carried < low);
  low = carried;
  // Two bits of whole quarters, 62 of the rest, which is rounded to the nearest.
  let rest = (high << 2u) | (low >> 30u);
  let n = (high >> 30u) + (rest >> 31u);
  let r = (f32(bitcast<i32>(rest)) + f32(low << 2u) * 2.3283064e-10) * 3.6572951e-10;
  return Quarter(select(r, -r, x < 0.0), select(n, 4u - (n & 3u), x < 0.0) & 3u);
}`,
  },
  sinOf: {
    needs: ['quarter', 'sineSeries', 'isFinite', 'notANumber'],
    code: `fn sinOf(x: f32) -> f32 {
  let q = quarter(select(0.0, x, isFinite(x)));
  let value = select(sineSeries(q.r), cosineSeries(q.r), (q.n & 1u) == 1u);
  return select(notANumber(), select(value, -value, (q.n & 2u) == 2u), isFinite(x));
}`,
  },
  cosOf: {
    needs: ['quarter', 'sineSeries', 'isFinite', 'notANumber'],
    code: `fn cosOf(x: f32) -> f32 {
  let q = quarter(select(0.0, x, isFinite(x)));
  let value = select(cosineSeries(q.r), sineSeries(q.r), (q.n & 1u) == 1u);
  return select(notANumber(), select(value, -value, ((q.n + 1u) & 2u) == 2u), isFinite(x));
}`,
  },
  isFinite: {
    code: 'fn isFinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }',
  },
  // Taylor series on (-π/4, π/4); the next terms are 2e-9 and 2e-9.
  sineSeries: {
    code: `fn sineSeries(r: f32) -> f32 {
  let z = r * r;
  return r + r * z * (-0.166666667 + z * (0.00833333333 + z * (-0.000198412698 + z * 2.75573192e-6)));
}
fn cosineSeries(r: f32) -> f32 {
  let z = r * r;
  let tail = z * z * (0.0416666667 + z * (-0.00138888889 + z * (2.48015873e-5 - z * 2.75573192e-7)));
  return 1.0 - (0.5 * z - tail);
}`,
  },
  // Near 0 a Taylor series, whose next term is 4e-9 of it.
  tanhOf: {
    needs: ['isNaN', 'expOf', 'absOf'],
    code: `fn tanhOf(x: f32) -> f32 {
  let y = select(x, 0.0, isNaN(x));
  let a = absOf(y);
  let z = min(a, 0.4) * min(a, 0.4);
  let p = 0.133333333 + z * (-0.0539682540 + z * (0.0218694885 + z * (-0.00886323553 + z * 0.00359212804)));
  let near = y + y * z * (-0.333333333 + z * p);
  let far = select(1.0 - 2.0 / (expOf(2.0 * min(a, 20.0)) + 1.0), 1.0, a > 10.0);
  return select(select(select(far, -far, y < 0.0), near, a < 0.4), x, isNaN(x));
}`,
  },
  // By arcsin on (0, ½), fitted in z = x²; from ½ on by arccos(x) = 2 arcsin(√((1 − x) / 2)).
  acosOf: {
    needs: ['isNaN'],
    code: `fn acosOf(x: f32) -> f32 {
  let y = select(x, 0.0, isNaN(x));
  let a = min(bitcast<f32>(bitcast<u32>(y) & 0x7fffffffu), 1.0);
  let isNear = a > 0.5;
  let half = 0.5 * (1.0 - a);
  let z = select(a * a, half, isNear);
  let s = select(a, sqrt(half), isNear);
  let p = 0.0750009454 + z * (0.0445994015 + z * (0.0311006627 + z * (0.0171492384 + z * 0.0336908472)));
  let arcsine = s + s * z * (0.166666663 + z * p);
  let near = select(2.0 * arcsine, 3.14159265 - 2.0 * arcsine, y < 0.0);
  let far = select(1.57079633 - arcsine, 1.57079633 + arcsine, y < 0.0);
  return select(select(far, near, isNear), x, isNaN(x));
}`,
  },
  // 1 − arccos(x) / π, without cancellation.
  arcCosine0: {
    needs: ['acosOf'],
    code: 'fn arcCosine0(x: f32) -> f32 { return acosOf(-x) * 0.318309886; }',
  },
  // (sin a − a cos a) / π of a = π − arccos(x): a series where the difference is small, whose next term is
  // 4e-8 of it.
  arcCosine1: {
    needs: ['acosOf'],
    code: `fn arcCosine1(x: f32) -> f32 {
  let a = acosOf(-x);
  let z = min(a * a, 1.44);
  let p = 0.333333333 + z * (-0.0333333333 + z * (0.00119047619 + z * (-2.20458554e-5 + z * 2.50521084e-7)));
  let c = clamp(select(x, 0.0, isNaN(x)), -1.0, 1.0);
  let far = sqrt((1.0 - c) * (1.0 + c)) + a * c;
  return select(select(far, a * z * p, a < 1.2) * 0.318309886, x, isNaN(x));
}`,
  },
  // e^(y log x) with some 32 bits of the logarithm: s of its series, and the product with y, in two parts.
  powerOf: {
    needs: ['isFinite', 'infinity', 'fraction', 'scaledExp', 'kept', 'absOf', 'specialPower'],
    code: `fn upper(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }
fn powerOf(x: f32, y: f32) -> f32 {
  let hasPower = (x > 0.0) & isFinite(x) & isFinite(y);
  let base = select(1.0, x, hasPower);
  let exponent = select(1.0, y, hasPower);
  let parts = fraction(base);
  let f = parts.f;
  let t = 2.0 + f;
  let s = upper(f / t);
  // 2 + f in a part of 12 bits and the exact rest; what s leaves of f.
  let tHigh = upper(t);
  let tLow = f - (tHigh - 2.0);
  let sLow = (kept(f - s * tHigh) - s * tLow) / t;
  let z = (s + sLow) * (s + sLow);
  let series = (s + sLow) * z * (0.666666667 + z * (0.4 + z * (0.285714286 + z * 0.222222222)));
  let whole = parts.n * 0.693145751953125;
  let high = kept(whole + 2.0 * s);
  let rest = 2.0 * s - kept(high - whole);
  let low = rest + (2.0 * sLow + series + parts.n * 1.42860682e-6);
  // The logarithm in a part of 12 bits and the rest, times y in the same way.
  let logHigh = upper(high + low);
  let logLow = kept(high - logHigh) + low;
  let yHigh = upper(exponent);
  let product = yHigh * logHigh;
  let productLow = (exponent - yHigh) * logHigh + exponent * logLow;
  let total = product + productLow;
  let isSmall = absOf(total) < 110.0;
  let n = select(0.0, round(total * 1.44269504), isSmall);
  let r = (kept(product - n * 0.693145751953125) - n * 1.42860682e-6) + productLow;
  let value = select(select(0.0, infinity(), total > 0.0), scaledExp(select(0.0, r, isSmall), i32(n)), isSmall);
  return select(specialPower(x, y), value, hasPower);
}`,
  },
  // Where one of them is 0, infinite, NaN, or x negative.
  specialPower: {
    needs: ['isNaN', 'isFinite', 'infinity', 'notANumber', 'absOf'],
    code: `fn specialPower(x: f32, y: f32) -> f32 {
  // Of x = 0 and x infinite: an odd whole exponent keeps the sign of -0.
  let size = select(0.0, infinity(), (x == 0.0) == (y < 0.0));
  let small = select(1.0, y, absOf(y) < 16777216.0);
  let isOdd = (absOf(y) < 16777216.0) & (small == trunc(small)) & ((i32(small) & 1) == 1);
  var value = select(size, -size, isOdd & (bitcast<i32>(x) < 0));
  // Of y infinite.
  value = select(value, select(0.0, infinity(), (absOf(x) > 1.0) == (y > 0.0)), !isFinite(y));
  value = select(value, notANumber(), !isFinite(y) & (absOf(x) == 1.0));
  value = select(value, x, isNaN(x));
  value = select(value, 1.0, y == 0.0);
  value = select(value, notANumber(), x < 0.0);
  return select(value, y, isNaN(y));
}`,
  },
};

/** The text of these functions and of those that they call, each after what it calls. */
export function elementaryCode(names: Iterable<ElementaryName>): string {
  const written = new Set<ElementaryName>();
  const write = (name: ElementaryName): void => {
    if (written.has(name)) return;
    for (const needed of table[name].needs ?? []) write(needed);
    written.add(name);
  };
  for (const name of names) write(name);
  return [...written].map((name) => table[name].code).join('\n');
}
