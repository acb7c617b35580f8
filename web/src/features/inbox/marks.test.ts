import { expect, it } from 'vitest';
import { marked } from './marks';

it('puts marks around a selection and takes them away again', () => {
  const bold = marked('say hello now', 4, 9, '*');
  expect(bold).toEqual({ text: 'say *hello* now', from: 5, to: 10 });
  expect(marked(bold.text, bold.from, bold.to, '*')).toEqual({ text: 'say hello now', from: 4, to: 9 });
});

it('leaves the cursor between the marks when nothing is selected', () => {
  expect(marked('ab', 1, 1, '_')).toEqual({ text: 'a__b', from: 2, to: 2 });
});
