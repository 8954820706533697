// `npm test`: sets up what is missing, then runs every check that this machine can run.
// Only syntax that old versions of Node can parse here, so that they get to the message below.

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(
    `agop: Node ${process.versions.node} is too old, 20 or newer is needed (https://nodejs.org).`,
  );
  process.exit(1);
}

const { runChecks } = await import('./run-checks.mjs');
process.exitCode = await runChecks();
