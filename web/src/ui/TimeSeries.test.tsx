import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { render } from '~/test/render';
import { TimeSeries } from './TimeSeries';

const begin = new Date(2026, 10, 26, 14, 0, 0).getTime();
const points = [
  { at: begin, sent: 0, read: 0 },
  { at: begin + 30_000, sent: 1200, read: 3 },
  { at: begin + 60_000, sent: 1500, read: 700 },
];
const lines = [
  { key: 'sent', label: 'Accepted', color: 'green' },
  { key: 'read', label: 'Read', color: 'blue', dash: '2 3' },
] as const;

test('the slider tells the numbers of its moment, the last one first', () => {
  render(<TimeSeries label="Course" lines={lines} points={points} />);
  const slider = screen.getByRole('slider', { name: 'Moment of the chart' });
  expect(slider).toHaveAttribute(
    'aria-valuetext',
    expect.stringMatching(/14:01:00.*: Accepted 1,500, Read 700$|02:01:00 PM: Accepted 1,500, Read 700$/),
  );
  fireEvent.change(slider, { target: { value: '1' } });
  expect(slider.getAttribute('aria-valuetext')).toContain('Accepted 1,200, Read 3');
  fireEvent.blur(slider);
  expect(slider.getAttribute('aria-valuetext')).toContain('Accepted 1,500, Read 700');
});

test('the same stands in a table', async () => {
  render(<TimeSeries label="Course" lines={lines} points={points} />);
  await userEvent.click(screen.getByRole('button', { name: 'Show as table' }));
  const rows = within(screen.getByRole('table', { name: 'Course' })).getAllByRole('row');
  expect(rows.map((row) => row.textContent)).toHaveLength(4);
  expect(rows[2]).toHaveTextContent(/1,2003$/);
});

test('lines end where the numbers stand', () => {
  const { container } = render(<TimeSeries label="Course" lines={lines} points={points} />);
  const drawn = [...container.querySelectorAll('polyline')].map((line) => line.getAttribute('points'));
  expect(drawn).toEqual(['0,100 50,40 100,25', '0,100 50,99.85 100,65']);
});

test('one moment is no course', () => {
  render(<TimeSeries label="Course" lines={lines} points={points.slice(0, 1)} />);
  expect(screen.queryByRole('figure')).toBeNull();
});
