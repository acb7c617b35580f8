import { Checkbox, TextInput } from '@mantine/core';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useShortcutsOn } from '~/app/shortcuts';
import { render } from '~/test/render';
import { type Column, DataTable, type Pages } from './DataTable';

interface Line {
  id: string;
  chosen: string[];
}

const pages = (ids: string[], chosen: string[]) =>
  ({
    data: { pages: [{ data: ids.map((id) => ({ id, chosen })) }], pageParams: [undefined] },
    isPending: false,
    isError: false,
    hasNextPage: false,
  }) as unknown as Pages<Line>;

interface Props {
  open?: (id: string) => void;
  sort?: Column<Line>['sort'];
}

/** A table whose rows can be chosen, and ordered anew as by a live event. */
function Sample({ open = () => {}, sort }: Props) {
  const [ids, order] = useState(['a', 'b', 'c']);
  const [chosen, choose] = useState<string[]>([]);
  const [, letters] = useShortcutsOn();
  return (
    <>
      <TextInput aria-label="Field" />
      <button type="button" onClick={() => order(['c', 'a', 'b'])}>
        Order anew
      </button>
      <button type="button" onClick={() => order(['a', 'c'])}>
        Take b away
      </button>
      <button type="button" onClick={() => letters(false)}>
        Letters off
      </button>
      <DataTable<Line>
        label="Letters"
        pages={pages(ids, chosen)}
        rowKey={(row) => row.id}
        onOpen={(row) => open(row.id)}
        empty="Nothing"
        columns={[
          {
            key: 'box',
            title: '',
            render: (row) => (
              <Checkbox
                aria-label={`Choose ${row.id}`}
                checked={row.chosen.includes(row.id)}
                onChange={() => choose([...row.chosen, row.id])}
              />
            ),
          },
          { key: 'id', title: 'Letter', sort, render: (row) => `Row ${row.id}` },
        ]}
      />
    </>
  );
}

// What jsdom does not lay out has no size, and then no row is in view.
beforeEach(() => {
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(800);
});
afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

/** The row that holds the focus. */
const focused = () => document.activeElement?.closest('tr')?.textContent;
/** Presses a button without giving it the focus, as an event of the server would. */
const happens = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

test('letters move through the rows, choose and open', async () => {
  const open = vi.fn();
  render(<Sample open={open} />);
  await userEvent.keyboard('j');
  expect(focused()).toBe('Row a');
  await userEvent.keyboard('jjj');
  expect(focused()).toBe('Row c');
  await userEvent.keyboard('k');
  expect(focused()).toBe('Row b');
  await userEvent.keyboard('x');
  expect(screen.getByRole('checkbox', { name: 'Choose b' })).toBeChecked();
  expect(screen.getByRole('checkbox', { name: 'Choose a' })).not.toBeChecked();
  await userEvent.keyboard('{Enter}');
  expect(open.mock.calls).toEqual([['b']]);
});

test('the cursor stays with its row when the list is ordered anew, and at its place when the row is gone', async () => {
  render(<Sample />);
  await userEvent.keyboard('j');
  happens('Order anew');
  expect(focused()).toBe('Row a');
  await userEvent.keyboard('j');
  expect(focused()).toBe('Row b');
  happens('Take b away');
  await waitFor(() => expect(focused()).toBeUndefined());
  await userEvent.keyboard('j');
  expect(focused()).toBe('Row c');
});

test('keys go on from the row that was clicked or tabbed into', async () => {
  render(<Sample />);
  await userEvent.click(screen.getByRole('checkbox', { name: 'Choose b' }));
  await userEvent.keyboard('j');
  expect(focused()).toBe('Row c');
});

test('nothing acts while somebody types', async () => {
  const open = vi.fn();
  render(<Sample open={open} />);
  await userEvent.type(screen.getByRole('textbox', { name: 'Field' }), 'jx{Enter}');
  expect(screen.getByRole('textbox', { name: 'Field' })).toHaveValue('jx');
  expect(focused()).toBeUndefined();
  expect(open).not.toHaveBeenCalled();
});

test('without letters, arrows still move within the table', async () => {
  render(<Sample />);
  happens('Letters off');
  await userEvent.keyboard('j');
  expect(focused()).toBeUndefined();
  await userEvent.keyboard('{ArrowDown}');
  expect(focused()).toBeUndefined();
  screen.getByRole('region', { name: 'Letters' }).focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}{ArrowDown}');
  expect(focused()).toBe('Row b');
  await userEvent.keyboard('x');
  expect(screen.getByRole('checkbox', { name: 'Choose b' })).not.toBeChecked();
});

test('a title sorts, and says how', async () => {
  const toggle = vi.fn();
  render(<Sample sort={{ on: true, descending: true, toggle }} />);
  expect(screen.getByRole('columnheader', { name: 'Letter' })).toHaveAttribute('aria-sort', 'descending');
  await userEvent.click(screen.getByRole('button', { name: 'Letter' }));
  expect(toggle).toHaveBeenCalledOnce();
});
