import type { Fixture } from '@agop/fixtures';
import { findOperation, type ModularTask, modularTask } from '@agop/grokking';
import { gaussian, type Kernel, quadratic } from '@agop/rfm';

/** The task of a `grok` or `circulant_features` fixture, with its split. */
export function taskOf(fixture: Fixture): ModularTask {
  return modularTask({
    operation: findOperation(String(fixture.params['op'])),
    p: Number(fixture.params['p']),
    split: { train: fixture.input('train').data, test: fixture.input('test').data },
  });
}

/** The kernel of a `grok` fixture. */
export function kernelOf(fixture: Fixture): Kernel {
  return fixture.params['kernel'] === 'gaussian'
    ? gaussian({ bandwidth: Number(fixture.params['bandwidth']) })
    : quadratic({ scale: Number(fixture.params['scale']) });
}
