import { useLingui } from '@lingui/react/macro';
import { Table } from '@mantine/core';
import type { Schemas } from '~/api/client';
import { useFormat } from '~/ui/format';

/** What an undo comes to, in people; what stays stands with its reason, when there is any. */
export function UndoFigures({ people }: { people: Schemas['ImportUndoPeople'] }) {
  const { t } = useLingui();
  const format = useFormat();
  const { kept } = people;
  const always: [string, number][] = [
    [t`New people removed`, people.removed],
    [t`People put back as they were`, people.restored],
  ];
  const sometimes: [string, number][] = [
    [t`Taken off the list`, people.unlisted],
    [t`Opt-ins taken back`, people.opt_ins_taken_back],
    [t`Opt-outs of the file, which stay`, people.opt_outs_kept],
    [t`Stays: changed since`, kept.changed],
    [t`Stays: has a message`, kept.message],
    [t`Stays: has an event`, kept.event],
    [t`Stays: a later decision about consent`, kept.consent],
    [t`Stays: is on another list`, kept.list],
  ];
  return (
    <Table aria-label={t`What the undo comes to`}>
      <Table.Tbody>
        {[...always, ...sometimes.filter(([, count]) => count > 0)].map(([label, count]) => (
          <Table.Tr key={label}>
            <Table.Th scope="row" fw={400}>
              {label}
            </Table.Th>
            <Table.Td ta="end" style={{ fontVariantNumeric: 'tabular-nums' }}>
              {format.number(count)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
