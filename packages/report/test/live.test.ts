import { describe, expect, test } from 'vitest';
import { LiveBlock, terminalStyle } from '../src/terminal.ts';
import { Terminal } from './terminal-emulator.ts';

const chart = (step: number, lines = 16, width = 60): string[] =>
  Array.from({ length: lines }, (_, i) => `line ${i} of step ${step}`.padEnd(width, '.'));

describe('live block in terminals of every size', () => {
  test.each([
    [70, 12],
    [70, 16],
    [70, 17],
    [100, 40],
    [40, 12],
    [20, 8],
    [10, 4],
    [70, 3],
    [1, 1],
  ])('%i x %i: 13 updates leave one block, and nothing above', (columns, rows) => {
    const terminal = new Terminal(columns, rows);
    const block = new LiveBlock(terminal);
    for (let step = 0; step < 13; step++) block.update(chart(step));
    expect(terminal.scrolledOff).toEqual([]);
    const first = terminal.screen.filter((line) => line.startsWith('line 0'.slice(0, columns)));
    expect(first).toHaveLength(rows > 3 ? 1 : 0);
    const room = rows - 3;
    if (room >= 16) expect(terminal.screen.slice(0, 16)).toEqual(chart(12));
    if (columns === 70 && rows === 12) {
      expect(terminal.screen.slice(0, 10)).toEqual([
        ...chart(12).slice(0, 8),
        '… 8 more lines in a higher terminal',
        '',
      ]);
    }
    if (room === 1) expect(terminal.screen[0]).toBe('line 0 of '.slice(0, columns).trimEnd());
  });

  test('progress lines that wrap have room below', () => {
    const terminal = new Terminal(30, 10);
    const block = new LiveBlock(terminal);
    for (let step = 0; step < 5; step++) {
      block.update(chart(step));
      terminal.write('a progress line of more than thirty columns');
      terminal.write('\u001b[2K\u001b[1A\r\u001b[2K');
    }
    expect(terminal.scrolledOff).toEqual([]);
    expect(terminal.screen.filter((line) => line.startsWith('line 0'))).toHaveLength(1);
  });

  test('a terminal that becomes narrower or lower, and larger again', () => {
    const terminal = new Terminal(70, 20);
    const block = new LiveBlock(terminal);
    block.update(chart(0, 4));
    terminal.resize(40, 20); // Each line takes two rows now.
    block.update(chart(1, 4));
    expect(terminal.screen.filter((line) => line.startsWith('line'))).toEqual(
      chart(1, 4).map((line) => line.slice(0, 40)),
    );
    terminal.resize(70, 20);
    block.update(chart(2, 4));
    expect(terminal.screen.slice(0, 5)).toEqual([...chart(2, 4), '']);
  });

  test('styled lines are cut by what is seen of them', () => {
    const style = terminalStyle(true);
    const terminal = new Terminal(6, 10);
    const written: string[] = [];
    const block = new LiveBlock({ isTTY: true, columns: 6, rows: 10, write: (text) => written.push(text) });
    const line = `${style.bold('abcd')}${style.dim('efgh')}${style.series(0, '温度')}`;
    block.update([line]);
    expect(written).toEqual([
      '\u001b[2K\u001b[1mabcd\u001b[22m\u001b[2mef\u001b[22m\u001b[38;5;32m\u001b[39m\n',
    ]);
    new LiveBlock(terminal).update([line]);
    expect(terminal.screen.slice(0, 2)).toEqual(['abcdef', '']);
  });

  test('a terminal of unknown size is trusted', () => {
    const written: string[] = [];
    const block = new LiveBlock({ isTTY: true, columns: 0, write: (text) => written.push(text) });
    block.update(chart(0, 2));
    expect(written[0]).toBe(`\u001b[2K${chart(0)[0]}\n\u001b[2K${chart(0)[1]}\n`);
  });
});
