import { Plural, Trans, useLingui } from '@lingui/react/macro';
import {
  Anchor,
  Button,
  Group,
  ScrollArea,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  VisuallyHidden,
} from '@mantine/core';
import { IconCheck, IconDownload } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Said } from '~/ui/Said';
import classes from './Corrections.module.css';
import { type Check, correct, type RowProblem } from './queries';

export interface Correcting {
  /** The draft. */
  id: string;
  /** Names of the columns of its file. */
  columns: string[];
  tell: (result: Check) => void;
}

/** The first bad rows, to be corrected here: what is saved is kept with the file, and judged at once. */
export function Corrections({ result, id, columns, tell }: Correcting & { result: Check }) {
  const { t } = useLingui();
  const format = useFormat();
  const told = result.problems.filter((row) => !row.corrected).length;
  const more = result.invalid - told;
  const left = format.number(more);
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500} id="bad-rows">
        {told > 0 ? <Trans>Rows that will be left out</Trans> : <Trans>Corrected rows</Trans>}
      </Text>
      {told > 0 && (
        <Text size="sm" c="dimmed">
          <Trans>Correct them here, or leave them out.</Trans>{' '}
          {more > 0 && (
            <Plural
              value={more}
              one="1 more is not shown: check again when these are corrected."
              other={`${left} more are not shown: check again when these are corrected, or mend them in the file.`}
            />
          )}
        </Text>
      )}
      <ScrollArea.Autosize mah={480} className={classes.box} viewportProps={{ tabIndex: 0 }}>
        <ul aria-labelledby="bad-rows" className={classes.rows}>
          {result.problems.map((row) => (
            <li key={row.line} className={classes.row}>
              <Row row={row} id={id} columns={columns} tell={tell} />
            </li>
          ))}
        </ul>
      </ScrollArea.Autosize>
      {result.invalid > 0 && (
        <Text size="sm">
          <Anchor
            href={`/api/v1/imports/${id}/errors`}
            download
            inherit
            aria-label={t`Download all bad rows`}
          >
            <IconDownload size={14} aria-hidden />{' '}
            <Trans>Download all bad rows as the check found them</Trans>
          </Anchor>
        </Text>
      )}
    </Stack>
  );
}

interface RowProps extends Correcting {
  row: RowProblem;
}

function Row({ row, id, columns, tell }: RowProps) {
  const { t } = useLingui();
  const format = useFormat();
  const line = format.number(row.line);
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState('');
  return (
    <Stack gap={6}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Text size="sm" fw={500} style={{ whiteSpace: 'nowrap' }}>
          <Trans>Line {line}</Trans>
        </Text>
        {row.corrected ? (
          <Group gap={4} wrap="nowrap" align="flex-start">
            <IconCheck size={16} aria-hidden style={{ flex: 'none', marginTop: 2 }} />
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              <Trans>
                Corrected: <bdi>{row.value}</bdi>
              </Trans>
            </Text>
            {row.fields && !open && (
              <Button
                size="compact-sm"
                variant="subtle"
                flex="none"
                aria-label={t`Change line ${line}`}
                onClick={() => setOpen(true)}
              >
                <Trans>Change</Trans>
              </Button>
            )}
          </Group>
        ) : (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            <Said text={row.reason} />
          </Text>
        )}
      </Group>
      {row.fields ? (
        (!row.corrected || open) && (
          <Fields
            // What the server says now is where the next correction begins.
            key={row.fields.join('\n')}
            row={row}
            fields={row.fields}
            id={id}
            columns={columns}
            tell={(result, fits) => {
              setOpen(false);
              setSaid(fits ? t`Line ${line} is corrected.` : t`Line ${line} does not fit yet.`);
              tell(result);
            }}
          />
        )
      ) : (
        <Text size="xs" c="dimmed" dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {row.value}
        </Text>
      )}
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </Stack>
  );
}

interface FieldsProps {
  row: RowProblem;
  fields: string[];
  id: string;
  columns: string[];
  tell: (result: Check, fits: boolean) => void;
}

function Fields({ row, fields: first, id, columns, tell }: FieldsProps) {
  const { t } = useLingui();
  const format = useFormat();
  const line = format.number(row.line);
  const at = row.column ? columns.indexOf(row.column) : -1;
  const [fields, setFields] = useState(first);
  const [all, setAll] = useState(at < 0);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const result = await correct(id, row.line, fields);
      tell(
        result,
        result.problems.some((one) => one.line === row.line && one.corrected),
      );
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const field = (i: number) => {
    const name = columns[i] ?? '';
    return (
      <TextInput
        key={i}
        size="sm"
        label={<bdi>{name}</bdi>}
        aria-label={t`${name} in line ${line}`}
        dir="auto"
        value={fields[i] ?? ''}
        error={i === at && !row.corrected}
        onChange={(e) => {
          const typed = e.currentTarget.value;
          setFields((before) => before.map((old, n) => (n === i ? typed : old)));
        }}
      />
    );
  };
  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <Stack gap="xs">
        {all ? (
          <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="xs" verticalSpacing="xs">
            {columns.map((_, i) => field(i))}
          </SimpleGrid>
        ) : (
          field(at)
        )}
        <Group gap="xs">
          <Button
            type="submit"
            size="compact-md"
            variant="light"
            loading={busy}
            aria-label={t`Save line ${line}`}
          >
            <Trans>Save</Trans>
          </Button>
          {!all && columns.length > 1 && (
            <Button
              size="compact-md"
              variant="subtle"
              aria-label={t`All columns of line ${line}`}
              onClick={() => setAll(true)}
            >
              <Trans>All columns</Trans>
            </Button>
          )}
        </Group>
        {problem !== undefined && <ProblemAlert problem={problem} />}
      </Stack>
    </form>
  );
}
