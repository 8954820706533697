// `npm start [-- command and options]`: sets up what is missing, then runs the agop program.
// Only syntax that old versions of Node can parse here, so that they get to the message below.

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(
    `agop: Node ${process.versions.node} is too old, 20 or newer is needed (https://nodejs.org).`,
  );
  process.exit(1);
}

const { runProgram } = await import('./run-program.mjs');
process.exitCode = await runProgram(process.argv.slice(2));
