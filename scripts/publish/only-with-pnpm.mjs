// `prepack` of every package. What npm packs here nobody can install: dependencies stay `workspace:*`, and
// entries lead to sources that are left out. pnpm puts versions and programs in their place.
const agent = process.env.npm_config_user_agent ?? '';

if (!agent.startsWith('pnpm/')) {
  const name = process.env.npm_package_name ?? 'This package';
  console.error(
    `${name} can only be packed and published with pnpm: its dependencies on the workspace would stay 'workspace:*', ` +
      'and nobody could install it.\nUse `npx pnpm pack` instead, or `npx pnpm run release`, which publishes all packages.',
  );
  process.exit(1);
}
