const summaryName = 'summary';

/** What a model file says of how its settings were chosen and tested. */
export function summaryAttachment(summary: object): Record<string, string> {
  return { [summaryName]: JSON.stringify(summary) };
}

/** What {@link summaryAttachment} saved; undefined where nothing was, or something else. */
export function savedSummary(attachments: Readonly<Record<string, string>>): unknown {
  try {
    return JSON.parse(attachments[summaryName] ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** What a guess says by the summary of a fit; undefined where it does not say. */
export function savedPrior(summary: unknown): readonly number[] | undefined {
  const prior: unknown =
    typeof summary === 'object' && summary !== null ? Reflect.get(summary, 'prior') : undefined;
  return Array.isArray(prior) && prior.every(Number.isFinite) ? prior : undefined;
}
