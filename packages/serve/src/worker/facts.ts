import { isData } from '../wire/data.ts';
import { sendError } from '../wire/errors.ts';
import type { Facts } from '../wire/messages.ts';

/** The names of a model's methods, inherited ones included. */
export function methodsOf(model: object): string[] {
  return membersOf(model).flatMap(([name, { value }]) => (typeof value === 'function' ? [name] : []));
}

/** What a model says of itself: its readable properties that are plain data. */
export function factsOf(model: object): Facts {
  const facts: Record<string, Facts[string]> = {};
  for (const [name, { get }] of membersOf(model)) {
    if (!get) continue;
    try {
      const value: unknown = Reflect.apply(get, model, []);
      if (isData(value)) facts[name] = { value };
    } catch (error) {
      facts[name] = { error: sendError(error) };
    }
  }
  return facts;
}

/** The members of a model and its classes by name, its own first. */
function membersOf(model: object): [string, PropertyDescriptor][] {
  const members = new Map<string, PropertyDescriptor>();
  for (
    let prototype: unknown = model;
    typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name !== 'constructor' && !members.has(name)) members.set(name, descriptor);
    }
  }
  return [...members];
}
