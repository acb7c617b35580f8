import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Loader, Stack, Text } from '@mantine/core';
import { IconFileTypeCsv } from '@tabler/icons-react';
import { useEffect, useId, useState } from 'react';
import { ProblemAlert } from '~/ui/ProblemAlert';
import classes from './FileStep.module.css';
import { type Preview, preview } from './queries';

interface Props {
  tell: (file: File, shown: Preview) => void;
}

/** Chooses the file; its beginning is looked at by the server. */
export function FileStep({ tell }: Props) {
  const { t } = useLingui();
  const id = useId();
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const take = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    setProblem(undefined);
    try {
      tell(file, await preview(file, ''));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack>
      <section
        className={classes.drop}
        data-over={over || undefined}
        aria-label={t`File`}
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(e) => {
          e.preventDefault();
          setOver(false);
          void take(e.dataTransfer.files[0]);
        }}
      >
        <IconFileTypeCsv size={40} aria-hidden />
        <Text component="label" htmlFor={id} fw={600}>
          <Trans>Choose a CSV file, or drop it here</Trans>
        </Text>
        <input
          id={id}
          type="file"
          accept=".csv,.txt,.tsv,text/csv,text/plain"
          className={classes.input}
          disabled={busy}
          onChange={(e) => void take(e.currentTarget.files?.[0])}
        />
        <Text size="sm" c="dimmed" maw={520}>
          <Trans>
            Of any size, as your spreadsheet saves it. How it is read is guessed, and you can change it.
          </Trans>
        </Text>
        {busy && <Loader size="sm" aria-label={t`Looking at the file`} />}
      </section>
      {problem !== undefined && <ProblemAlert problem={problem} />}
      <Sample />
    </Stack>
  );
}

const SAMPLE = [
  'phone,name,customer_id,opt_in,city,orders',
  '+919999900001,Asha,C-1001,yes,Pune,3',
  '+919999900002,Ravi,C-1002,no,Delhi,1',
  '',
].join('\r\n');

function Sample() {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([SAMPLE], { type: 'text/csv' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, []);
  return (
    <Text size="sm">
      <Trans>
        Not sure how it should look?{' '}
        <Anchor href={url} download="people.csv" inherit>
          Download a sample file
        </Anchor>
      </Trans>
    </Text>
  );
}
