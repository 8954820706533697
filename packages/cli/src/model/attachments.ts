const imagesName = 'images';

/** The size of the images that a model was made on, to be saved inside its file. */
export function imageAttachments(size: {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}): Record<string, string> {
  const { height, width, channels } = size;
  return { [imagesName]: [height, width, channels].join(' x ') };
}

/** What {@link imageAttachments} saved; undefined where nothing was, or something else. */
export function savedImageSize(
  attachments: Readonly<Record<string, string>>,
): { readonly height: number; readonly width: number; readonly channels: number } | undefined {
  const [height, width, channels, ...more] = (attachments[imagesName] ?? '').split(' x ').map(Number);
  if (!(height && width && channels) || more.length > 0) return undefined;
  return { height, width, channels };
}
